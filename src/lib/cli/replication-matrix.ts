import type {ReplicationClass} from '../replication/model.ts'
import type {DestinationItem, ImageItem} from './replication-result.ts'
import {plainStyle, type Style} from './style.ts'
import {type Column, table} from './table.ts'
import {displayWidth} from './text.ts'

/** How a class is shown, and as what where there is no room for words. */
export const classWords: Readonly<Record<ReplicationClass, {readonly word: string; readonly sign: string}>> =
  {
    'in-sync': {word: 'in sync', sign: '✓'},
    'in-progress': {word: 'in progress', sign: '…'},
    failed: {word: 'failed', sign: 'F'},
    missing: {word: 'missing', sign: 'M'},
    drifted: {word: 'drifted', sign: 'D'},
    untagged: {word: 'untagged', sign: 'U'},
    older: {word: 'older', sign: 'O'},
    unreadable: {word: 'unreadable', sign: '?'},
  }

/** Of an image that is not expected at a destination that others are expected at. */
const notExpected = '-'

/**
 * Images by destinations. Where words and names have no room, destinations are numbers and classes signs, and a legend
 * below says what they mean.
 */
export function matrix(images: readonly ImageItem[], style: Style): string[] {
  const labels = [
    ...new Set(images.flatMap(({destinations}) => destinations.map(({registry}) => registry.label))),
  ]
  const full = columnsOf(images, labels, {numbered: false, signs: false}, style)
  if (fits(images, full, style)) return [table(images, full, style)]
  const places = labels.map((label, index) => `${index + 1} ${label}`)
  const numbered = columnsOf(images, labels, {numbered: true, signs: false}, style)
  if (fits(images, numbered, style)) return [table(images, numbered, style), '', ...places]
  const signs = columnsOf(images, labels, {numbered: true, signs: true}, style)
  return [table(images, signs, style), '', ...places, signLegend(images)]
}

/** An image as it is named in rows and sentences: by its first tag, or by its digest. */
export function imageName({registry, repository, digest, tags}: ImageItem, isOneRegistry: boolean): string {
  const [tag] = tags
  const more = tags.length > 1 ? ` +${tags.length - 1}` : ''
  const name = tag === undefined ? `${repository}@${digest.slice(0, 19)}` : `${repository}:${tag}${more}`
  return isOneRegistry ? name : `${registry.label}/${name}`
}

export function isOneRegistry(images: readonly ImageItem[]): boolean {
  return new Set(images.map(({registry}) => registry.host)).size <= 1
}

function columnsOf(
  images: readonly ImageItem[],
  labels: readonly string[],
  {numbered, signs}: {readonly numbered: boolean; readonly signs: boolean},
  style: Style,
): Column<ImageItem>[] {
  const single = isOneRegistry(images)
  const at = ({destinations}: ImageItem, label: string) =>
    destinations.find(({registry}) => registry.label === label)
  return [
    {header: 'IMAGE', value: image => imageName(image, single)},
    ...(labels.length === 0 ? [{header: 'DESTINATIONS', value: () => 'not covered'}] : []),
    ...labels.map(
      (label, index): Column<ImageItem> => ({
        header: numbered ? String(index + 1) : label,
        value: image => cellOf(at(image, label), signs),
        paint: (text, image) => painted(text, at(image, label)?.class, style),
      }),
    ),
  ]
}

function cellOf(item: DestinationItem | undefined, signs: boolean): string {
  if (item === undefined) return notExpected
  const {word, sign} = classWords[item.class]
  if (signs) return sign
  return item.class === 'in-progress' && item.lagMs !== null ? `${word} ${lagWords(item.lagMs)}` : word
}

/** `42s`, `4m`, `3h`, `2d`: how long ago an image was pushed that is not there. */
function lagWords(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 120) return `${seconds}s`
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

export function painted(text: string, kind: ReplicationClass | undefined, style: Style): string {
  if (kind === undefined) return style.dim(text)
  if (kind === 'in-sync') return style.good(text)
  return kind === 'in-progress' || kind === 'unreadable' ? style.warn(text) : style.bad(text)
}

function fits(images: readonly ImageItem[], columns: readonly Column<ImageItem>[], style: Style): boolean {
  const lines = table(images, columns, plainStyle).split('\n')
  return Math.max(...lines.map(displayWidth)) <= style.columns
}

function signLegend(images: readonly ImageItem[]): string {
  const used = new Set(images.flatMap(({destinations}) => destinations.map(each => each.class)))
  const known = Object.entries(classWords).filter(([kind]) => used.has(kind as ReplicationClass))
  return known.map(([, {word, sign}]) => `${sign} ${word}`).join('  ')
}
