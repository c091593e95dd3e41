import type {ExplainRun} from '../lifecycle/explain-run.ts'
import type {ImageStory, PolicyStory} from '../lifecycle/explain-story.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import {placeOf} from './lifecycle-plan-result.ts'
import type {Style} from './style.ts'
import {formatBytes} from './text.ts'

/** The stories of images, in the shape that every command has. */
export interface LifecycleExplainResult extends CommandResult {
  readonly summary: LifecycleExplainSummary & CommandResult['summary']
  readonly items: readonly ImageStory[]
}

/** The document of `gantry lifecycle explain --json`. @public for tools/generate-schema.ts */
export type LifecycleExplainDocument = LifecycleExplainEnvelope | ErrorEnvelope

interface LifecycleExplainEnvelope extends Envelope {
  readonly summary: LifecycleExplainSummary & Envelope['summary']
  readonly items: readonly ImageStory[]
}

interface LifecycleExplainSummary {
  readonly images: number
  /** Those that something needs. */
  readonly needed: number
  /** Every identity that took part. */
  readonly callers: ExplainRun['callers']
}

export function toExplainResult({stories, callers, warnings}: ExplainRun): LifecycleExplainResult {
  const [caller] = callers
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: {
      images: stories.length,
      needed: stories.filter(({evidence}) => evidence.length > 0).length,
      callers,
    },
    items: stories,
    warnings,
    exitCode: 0,
  }
}

/** The stories for people, one below the other. */
export function viewExplain({items}: LifecycleExplainResult, style: Style): string {
  return items.map(story => viewStory(story, style)).join('\n\n')
}

function viewStory(story: ImageStory, style: Style): string {
  const {digest, tags, mediaType, size, status, pushedAt, pulledAt, archivedAt, subject} = story
  return [
    style.strong(`${placeOf(story)}@${digest}`),
    `Tags: ${tags.length === 0 ? 'none' : tags.join(', ')}`,
    `${mediaType}, ${formatBytes(size)}, ${status}`,
    `Pushed ${pushedAt}; ${pulledAt === null ? 'never pulled' : `pulled ${pulledAt}`}`,
    ...(archivedAt === null ? [] : [`Archived ${archivedAt}`]),
    ...(subject === null ? [] : [`Refers to ${subject}`]),
    ...story.indexes.map(index => `Listed by ${index}`),
    ...story.referrers.map(referrer => `Referred to by ${referrer}`),
    ...story.evidence.map(evidence => style.warn(`Needed: ${evidence}`)),
    ...viewPolicy('Today', story.today, style),
    ...(story.next === null ? [] : viewPolicy(`As it will be (${story.origin ?? ''})`, story.next, style)),
  ].join('\n')
}

function viewPolicy(title: string, {verdict, fate, at, rules}: PolicyStory, style: Style): string[] {
  const end = fate === null ? [] : [`  ${fate === 'expire' ? 'Expires' : 'Is archived'} ${at ?? ''}`]
  return [`${style.strong(`${title}:`)} ${verdict}`, ...end, ...rules.map(rule => `  ${rule}`)]
}
