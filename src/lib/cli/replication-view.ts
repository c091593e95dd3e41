import {classWords, imageName, isOneRegistry, matrix, painted} from './replication-matrix.ts'
import type {
  ImageItem,
  ReplicateStatusItem,
  ReplicateStatusResult,
  UnknownItem,
} from './replication-result.ts'
import type {Style} from './style.ts'
import {count, joinFitting} from './text.ts'

/** Up to so many images all are shown; of more, those that are not in sync everywhere. */
const mostInFull = 40
const mostRows = 200
const mostNames = 3

/** The result for people: images by destinations, what is the matter where, and what it all comes to. */
export function viewReplicateStatus(result: ReplicateStatusResult, style: Style): string {
  const images = result.items.filter(isImage)
  const shown = images.length <= mostInFull ? images : images.filter(({verdict}) => verdict !== 'yes')
  const rows = shown.slice(0, mostRows)
  const hidden = shown.length - rows.length
  const troubles = [
    ...viewTroubles(images, style),
    ...viewUncovered(images, style),
    ...result.items.filter(isUnknown).flatMap(item => viewUnknown(item, style)),
  ]
  return [
    ...(rows.length === 0 ? [] : [...matrix(rows, style), '']),
    ...(hidden > 0 ? [`${count(hidden, 'more image')} not in sync: --json has all.`, ''] : []),
    ...(troubles.length === 0 ? [] : [...troubles, '']),
    ...viewSummary(result, style),
  ].join('\n')
}

function isImage(item: ReplicateStatusItem): item is ImageItem {
  return item.error === null
}

function isUnknown(item: ReplicateStatusItem): item is UnknownItem {
  return item.error !== null
}

/** What is the matter, once for all images and destinations of which it is. */
function viewTroubles(images: readonly ImageItem[], style: Style): string[] {
  const single = isOneRegistry(images)
  const troubles = images.flatMap(image =>
    image.destinations
      .filter(({class: kind}) => kind !== 'in-sync')
      .map(({class: kind, registry, reason}) => ({kind, where: registry.label, reason, image})),
  )
  const groups = Map.groupBy(troubles, ({kind, reason}) => JSON.stringify([kind, reason]))
  return [...groups.values()].flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    const {kind, reason} = first
    const places = [...new Set(group.map(({where}) => where))]
    const names = [...new Set(group.map(({image}) => image))].map(image => imageName(image, single))
    return [
      `${painted(classWords[kind].word, kind, style)} at ${namesWords(places)}: ${namesWords(names)}`,
      `  ${reason}`,
    ]
  })
}

function viewUncovered(images: readonly ImageItem[], style: Style): string[] {
  const uncovered = images.filter(({verdict}) => verdict === 'not-covered')
  if (uncovered.length === 0) return []
  const single = isOneRegistry(images)
  const names = uncovered.map(image => imageName(image, single))
  return [
    `${style.bad('not covered')}: ${namesWords(names)}`,
    '  No replication rule of the registry leads anywhere from its repository.',
  ]
}

function viewUnknown({name, verdict, error}: UnknownItem, style: Style): string[] {
  const word = verdict === 'no' ? style.bad('not found') : style.warn('unreadable')
  return [`${word} ${name}: ${error.message}`, ...error.hints.map(hint => `  ${hint}`)]
}

/** Three names, and how many more there are. */
function namesWords(names: readonly string[]): string {
  const more = names.length - mostNames
  return `${names.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function viewSummary({summary}: ReplicateStatusResult, style: Style): string[] {
  const {images, verdicts, missing, unreadable, copies, requests, retries, durationMs, callers} = summary
  const figures = [
    count(images, 'image'),
    `${verdicts.yes} in sync everywhere`,
    ...(verdicts.no > 0 ? [`${verdicts.no} not`] : []),
    ...(verdicts.undetermined > 0 ? [`${verdicts.undetermined} undetermined`] : []),
    ...(verdicts['not-covered'] > 0 ? [`${verdicts['not-covered']} not covered`] : []),
    ...(missing > 0 ? [`${missing} not found`] : []),
    ...(unreadable > 0 ? [`${unreadable} unreadable`] : []),
    count(requests, 'request'),
    ...(retries > 0 ? [`${retries} retried`] : []),
    `${(durationMs / 1000).toFixed(1)} s`,
  ]
  return [
    ...joinFitting(figures, style.columns),
    ...(copies.length === 0 ? [] : [`Left out, as copies of others: ${namesWords(copies)}`]),
    ...callers.map(({arn}) => `As: ${arn}`),
  ]
}
