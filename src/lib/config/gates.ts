import type {Origin} from './estate.ts'

/** Severities that somebody rated, the gravest first. */
export const gateSeverities = ['critical', 'high', 'medium', 'low', 'informational'] as const

export type GateSeverity = (typeof gateSeverities)[number]

/** What makes a finding fail: every member that is there has to be met. */
export interface FailFilter {
  /** Findings of this severity or a graver one; null when only numbers decide (`most`), which mean what is graver too. */
  readonly severity: GateSeverity | null
  /** Only those that an update mends; no basic scan tells. */
  readonly fixable: boolean
  /** Only those with that CVSS base score or a higher one; one without a score counts. */
  readonly cvss?: number
  /** Only those with a known exploit; no basic scan tells. */
  readonly exploitable: boolean
}

/** The policy of a gate: plain values, from repos.yaml or flags. */
export interface GatePolicy {
  readonly failOn: FailFilter
  /** So many of the findings that `failOn` means are allowed of a severity, whatever its threshold; more fail. */
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
  /** Files of ignore rules, and of OpenVEX documents, from the work directory. */
  readonly ignores: readonly string[]
  readonly vex: readonly string[]
  /** Reports show this severity and graver ones; everything that fails is shown anyway. */
  readonly report: GateSeverity
}

/** A gate of repos.yaml. */
export interface Gate {
  readonly name: string
  readonly policy: GatePolicy
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

/** What flags say of a gate; what is absent is the gate's, or the default. */
export interface GateFlags
  extends Optional<Omit<GatePolicy, 'failOn'>>,
    Optional<Omit<FailFilter, 'severity'>> {
  readonly failOn?: GateSeverity | undefined
}

type Optional<Values> = {readonly [Key in keyof Values]?: Values[Key] | undefined}

/**
 * The policy of a gate of repos.yaml, or of none, with what flags say instead: of each severity its own number, and files
 * are added to those of the gate. Numbers alone (`most`) do away with the threshold that holds when nobody says anything.
 */
export function gatePolicy(gate: Gate | undefined, flags: GateFlags): GatePolicy {
  const {failOn: severity, fixable, cvss, exploitable, most, ignores = [], vex = [], ...values} = flags
  const base = gate?.policy ?? withoutGate(flags)
  return {
    ...base,
    ...given(values),
    failOn: {...base.failOn, ...given({severity, fixable, cvss, exploitable})},
    most: {...base.most, ...most},
    ignores: [...new Set([...base.ignores, ...ignores])],
    vex: [...new Set([...base.vex, ...vex])],
  }
}

function withoutGate({most = {}}: GateFlags): GatePolicy {
  if (Object.keys(most).length === 0) return gateDefaults
  return {...gateDefaults, failOn: {...gateDefaults.failOn, severity: null}}
}

type Given<Values> = {[Key in keyof Values]?: Exclude<Values[Key], undefined>}

/** Those that are there. */
function given<Values extends object>(values: Values): Given<Values> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Given<Values>
}
