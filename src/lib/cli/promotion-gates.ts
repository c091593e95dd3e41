import type {PromotionItem} from '../promote/model.ts'
import type {GateWord} from '../promote/words.ts'
import type {GateVerdict} from '../scan/verdict.ts'
import {escapeMarkdown} from './escape.ts'
import type {Style} from './style.ts'
import {repositoryOf} from './target.ts'

/** What gates said of the images of a run. */
export interface GateSummary {
  /** Names of the gates, each once. */
  readonly gates: readonly string[]
  /** How many images, each counted at each destination, have which verdict. */
  readonly verdicts: Readonly<Record<GateVerdict, number>>
}

type Item = Pick<PromotionItem, 'gate' | 'digest' | 'target' | 'destination' | 'tags'>

/** Null where no gate was asked. */
export function sumGates(items: readonly Item[]): GateSummary | null {
  const words = items.flatMap(wordsOf)
  if (words.length === 0) return null
  const number = (wanted: GateVerdict) => words.filter(({verdict}) => verdict === wanted).length
  return {
    gates: [...new Set(words.flatMap(({gates}) => gates.map(({name}) => name)))],
    verdicts: {
      passed: number('passed'),
      failed: number('failed'),
      undetermined: number('undetermined'),
    },
  }
}

/** That of all images together: `failed` as soon as one fails, `passed` only when every one did. */
export function verdictOf({verdicts}: GateSummary): GateVerdict {
  if (verdicts.failed > 0) return 'failed'
  return verdicts.undetermined > 0 ? 'undetermined' : 'passed'
}

/** The line of the result; none where no gate was asked. */
export function viewGates(summary: GateSummary | null): string[] {
  if (summary === null) return []
  const counts = Object.entries(summary.verdicts).filter(([, number]) => number > 0)
  const words = counts.map(([verdict, number]) => `${number} ${verdict}`).join(', ')
  return [`Gate ${summary.gates.join(', ')}: ${words}`]
}

export function paintVerdict(text: string, {gate}: Item, style: Style): string {
  if (!gate) return text
  return {passed: style.good, failed: style.bad, undetermined: style.warn}[gate.verdict](text)
}

/** What gates said of each image, as a table in Markdown; nothing where no gate was asked. */
export function gatesMarkdown(items: readonly Item[]): string {
  const rows = items.flatMap(item =>
    wordsOf(item).flatMap(({gates}) =>
      gates.map(({name, verdict, reasons}) =>
        [imageOf(item), item.digest ?? '', name, verdict, reasons.join(' ')].map(escapeMarkdown).join(' | '),
      ),
    ),
  )
  if (rows.length === 0) return ''
  const shown = rows.slice(0, mostRows).map(row => `| ${row} |`)
  const left = rows.length - shown.length
  const more = left === 0 ? [] : ['', `And ${left} more: \`--json\` has all.`]
  return [
    '',
    '| image | digest | gate | verdict | why |',
    '|---|---|---|---|---|',
    ...shown,
    ...more,
    '',
  ].join('\n')
}

/** A page of a step holds 1 MiB (GitHub, workflow commands, job summaries). */
const mostRows = 200

function imageOf({target, destination, tags}: Item): string {
  return [`${destination} ${repositoryOf(target, destination)}`, ...tags].join(':')
}

/** The results of shards may be of a version that knew no gates. */
function wordsOf({gate}: Item): readonly GateWord[] {
  return gate ? [gate] : []
}
