import {exitCodes} from '../errors.ts'
import type {ExplainedSubject, ExplainedValue, Explanation, SaidValue} from '../repos/explain.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import {settingWords} from './setting-words.ts'
import type {Style} from './style.ts'
import {hangWords} from './text.ts'

interface ReposExplainSummary {
  /** Null where registries themselves are explained. */
  readonly repository: string | null
  /** What was asked for: a path, or the start of one; null for everything. */
  readonly field: string | null
  /** Whether `repositories` names it; always true of registries. */
  readonly isNamed: boolean
  /** Registries at which the repository is not meant. */
  readonly elsewhere: readonly string[]
}

export interface ReposExplainResult extends CommandResult {
  readonly summary: ReposExplainSummary & CommandResult['summary']
  readonly items: readonly Explanation[]
}

/** The document of `gantry repos explain --json`. @public for tools/generate-schema.ts */
export type ReposExplainDocument = ReposExplainEnvelope | ErrorEnvelope

interface ReposExplainEnvelope extends Envelope {
  readonly summary: ReposExplainSummary & Envelope['summary']
  readonly items: readonly Explanation[]
}

export function toReposExplainResult(
  {explanations, elsewhere, isNamed}: ExplainedSubject,
  repository: string | null,
  field: string | undefined,
): ReposExplainResult {
  return {
    summary: {repository, field: field ?? null, isNamed, elsewhere},
    items: explanations,
    warnings: [],
    exitCode: exitCodes.done,
  }
}

/** What holds at each registry, each value with the place that says it and what it hides there. */
export function viewReposExplain({summary, items}: ReposExplainResult, style: Style): string {
  const {repository, elsewhere, isNamed} = summary
  const notes = [
    ...(isNamed
      ? []
      : [`${repository} is not named under repositories: this is what is said of all, or by names.`]),
    ...(elsewhere.length === 0 ? [] : [`Not meant at ${elsewhere.join(', ')}.`]),
  ]
  const parts = items.map(item => viewExplanation(item, summary, style))
  return [...parts, ...(notes.length === 0 ? [] : [notes.join('\n')])].join('\n\n')
}

function viewExplanation(
  {registries, values}: Explanation,
  {repository, field}: ReposExplainSummary,
  style: Style,
): string {
  const where = registries.join(', ')
  const title = repository === null ? where : `${repository}${where === '' ? '' : ` at ${where}`}`
  const nothing = `  Nothing is said${field === null ? '' : ` of ${field}`}: it is not managed.`
  const lines = values.length === 0 ? [nothing] : values.flatMap(value => viewValue(value, style))
  return [style.strong(title), ...lines].join('\n')
}

function viewValue({hides, ...said}: ExplainedValue, style: Style): readonly string[] {
  return [
    ...hangWords(`${said.key}: ${settingWords(said.value, said.key)}`, style.columns, '  '),
    ...dimmed(placeText(said), style),
    ...hides.flatMap(hidden =>
      dimmed(`hides ${settingWords(hidden.value, said.key)}, ${placeText(hidden)}`, style),
    ),
  ]
}

function dimmed(words: string, {columns, dim}: Style): readonly string[] {
  return hangWords(words, columns, '      ').map(dim)
}

function placeText({path, origin}: SaidValue): string {
  return origin === null ? path : `${path} (${origin})`
}
