import type {TransferCost} from '../ecr/transfer-cost.ts'
import type {PromotionItem} from '../promote/model.ts'

/** What AWS may charge for a run's transfer, and by which prices. */
export interface TransferSummary {
  /** US dollars, an estimate: at most. */
  readonly usd: number
  /** The prices that it is made of, in words, each once. */
  readonly basis: readonly string[]
}

export function sumTransfer(items: readonly PromotionItem[]): TransferSummary {
  // The results of shards may be of a version that knew no cost.
  return sumCosts(items.flatMap(({transfer}) => (transfer ? [transfer] : [])))
}

export function sumCosts(costs: readonly TransferCost[]): TransferSummary {
  return {
    usd: costs.reduce((sum, {usd}) => sum + usd, 0),
    basis: [...new Set(costs.filter(({usd}) => usd > 0).map(basisOf))],
  }
}

/** The estimate in one line; none where nothing is charged. */
export function viewTransfer({usd, basis}: TransferSummary): string[] {
  return usd === 0 ? [] : [`AWS data transfer: at most ${formatUsd(usd)} (${basis.join('; ')})`]
}

/** To the cent, and never less than it is. */
export function formatUsd(usd: number): string {
  return usd > 0 && usd < 0.01 ? '< $0.01' : `$${(Math.ceil(usd * 100 - 1e-9) / 100).toFixed(2)}`
}

function basisOf({way, from, usdPerGb, asOf}: TransferCost): string {
  const where = way === 'to-internet' ? 'the internet' : 'another region'
  const source = asOf === null ? 'repos.yaml' : `unconfirmed price of ${asOf}`
  return `$${usdPerGb}/GB from ${from ?? 'AWS'} to ${where}, ${source}`
}
