import type {PromotionItem} from '../promote/model.ts'
import {paintVerdict} from './promotion-gates.ts'
import type {Style} from './style.ts'
import {type Column, table, withoutDispensable} from './table.ts'
import {repositoryOf} from './target.ts'
import {formatBytes} from './text.ts'
import {formatUsd} from './transfer-view.ts'

/** What a row can do without, where the terminal has no room: sooner than that an image's name is cut. */
const dispensable = ['BLOBS', 'DIGEST', 'PATH', 'COST']

/** A row an image, with those columns that say something of one of them. */
export function promotionTable(items: readonly PromotionItem[], style: Style): string {
  const isPlan = items.some(({outcome}) => outcome === 'planned')
  const needless = new Set([
    ...(isPlan ? [] : ['PATH']),
    ...(isPlan && items.some(({transfer}) => (transfer?.usd ?? 0) > 0) ? [] : ['COST']),
    ...(items.some(({gate}) => gate) ? [] : ['GATE']),
    ...(items.some(({replication}) => replication) ? [] : ['REPLICATED']),
  ])
  const shown = columns(style).filter(({header}) => !needless.has(header))
  return table(items, withoutDispensable(items, shown, dispensable, style), style)
}

function columns(style: Style): readonly Column<PromotionItem>[] {
  const paints = {
    promoted: style.good,
    unchanged: style.dim,
    planned: style.warn,
    failed: style.bad,
    interrupted: style.warn,
  }
  return [
    {header: 'RESULT', value: ({outcome}) => outcome, paint: (text, {outcome}) => paints[outcome](text)},
    {
      header: 'GATE',
      value: ({gate}) => gate?.verdict ?? '-',
      paint: (text, item) => paintVerdict(text, item, style),
    },
    {header: 'TO', value: ({destination}) => destination},
    {header: 'IMAGE', value: imageOf},
    {header: 'DIGEST', value: ({digest}) => digest?.slice(0, 'sha256:'.length + 12) ?? '-'},
    {
      header: 'PATH',
      value: ({path, mountFrom}) => (path === 'mount' ? `mount from ${mountFrom ?? '-'}` : (path ?? '-')),
    },
    {
      header: 'BLOBS',
      align: 'right',
      value: ({blobs}) =>
        blobs.mounted === 0 ? `${blobs.uploaded}` : `${blobs.uploaded}+${blobs.mounted} mounted`,
    },
    {header: 'SIZE', align: 'right', value: ({blobs}) => formatBytes(blobs.bytes)},
    {
      header: 'REPLICATED',
      value: ({replication}) => replication?.verdict ?? '-',
      paint: (text, {replication}) => (replication?.verdict === 'yes' ? style.good(text) : style.bad(text)),
    },
    {header: 'COST', align: 'right', value: ({transfer}) => formatUsd(transfer?.usd ?? 0)},
  ]
}

/** Repository and tags at the destination; by digest alone there is no tag. */
function imageOf({target, destination, tags}: PromotionItem): string {
  const repository = repositoryOf(target, destination)
  return tags.length > 0 ? `${repository}:${tags.join(',')}` : repository
}
