import type {Origin} from './estate.ts'

/** Severities that somebody rated, the gravest first. */
export type GateSeverity = 'critical' | 'high' | 'medium' | 'low' | 'informational'

/** What makes a finding fail: every member that is there has to be met. */
export interface FailFilter {
  /** Findings of this severity or a graver one. */
  readonly severity: GateSeverity
  /** Only those that an update mends; no basic scan tells. */
  readonly fixable: boolean
  /** Only those with that CVSS base score or a higher one; one without a score counts. */
  readonly cvss?: number
  /** Only those with a known exploit; no basic scan tells. */
  readonly exploitable: boolean
}

/** The policy of a gate: plain values, from repos.yaml or flags. */
export interface GatePolicy {
  /** Null when only `most` decides. */
  readonly failOn: FailFilter | null
  /** So many findings of a severity are allowed; more fail. */
  readonly most: Readonly<Partial<Record<GateSeverity, number>>>
  /** What counts as which severity when nobody rated it; `critical` unless said, for doubt does not pass. */
  readonly unratedAs: GateSeverity
  /** Milliseconds since it was first observed during which a finding does not fail yet; 0 is none. No basic scan tells. */
  readonly graceMs: number
  /** Patterns of package names and of paths inside the image, which alone are meant; all when there are none. */
  readonly packages: readonly string[]
  readonly paths: readonly string[]
  readonly onUnsupported: 'fail' | 'warn' | 'pass'
  /** Milliseconds to wait for scans. */
  readonly waitMs: number
  /** Files of ignore rules, and of OpenVEX documents; relative to the folder of repos.yaml, or of the process. */
  readonly ignores: readonly string[]
  readonly vex: readonly string[]
  /** Reports show this severity and graver ones; everything that fails is shown anyway. */
  readonly report: GateSeverity
}

/** A gate of repos.yaml. */
export interface Gate extends GatePolicy {
  readonly name: string
  readonly origin: Origin
}

export const gateDefaults: GatePolicy = {
  failOn: {severity: 'high', fixable: false, exploitable: false},
  most: {},
  unratedAs: 'critical',
  graceMs: 0,
  packages: [],
  paths: [],
  onUnsupported: 'fail',
  waitMs: 0,
  ignores: [],
  vex: [],
  report: 'informational',
}
