import type {Origin} from '../../config/estate.ts'

/** OpenVEX v0.2.0, status labels. */
export const vexStatuses = ['not_affected', 'affected', 'fixed', 'under_investigation'] as const

export type VexStatus = (typeof vexStatuses)[number]

/** A component as a document names it: any one of these identifies it. */
export interface VexComponent {
  readonly purls: readonly string[]
  /** `sha-256` in lower-case hex; null when there is none. */
  readonly sha256: string | null
}

export interface VexProduct extends VexComponent {
  /** Those that the statement is about; the product itself when there are none. */
  readonly subcomponents: readonly VexComponent[]
}

export interface VexStatement {
  /** The name of the vulnerability, and what else it is called. */
  readonly vulnerabilities: readonly string[]
  readonly products: readonly VexProduct[]
  readonly status: VexStatus
  /** Milliseconds since the epoch: the statement's own, or else its document's. */
  readonly at: number
  /** Why it is not affected: `component_not_present`, or a sentence; null for another status. */
  readonly because: string | null
  readonly origin: Origin
}
