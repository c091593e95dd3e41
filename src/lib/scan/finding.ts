import {type GateSeverity, gateSeverities} from '../config/gates.ts'
import type {Digest} from '../oci/digest.ts'

/** `untriaged` is Inspector's and `undefined` ECR's word for what nobody rated; `unknown` is any that neither documents. */
const unrated = ['untriaged', 'undefined', 'unknown'] as const

export type Severity = GateSeverity | (typeof unrated)[number]

/** The gravest first; what nobody rated comes last. */
export const severities: readonly Severity[] = [...gateSeverities, ...unrated]

/** Where a vulnerable package is. */
export interface FoundPackage {
  readonly name: string
  readonly version: string | null
  /** `OS`, `NPM`, `PYTHON` …, as Inspector names it in capitals; null in basic scans. */
  readonly manager: string | null
  /** Path inside the image. */
  readonly path: string | null
  /** Digest of the layer that brought it. */
  readonly layer: Digest | null
}

/** One vulnerability in one package of one platform's image: the normal form of basic and of enhanced findings. */
export interface Finding {
  /** `CVE-2023-0286`, `GHSA-…`. */
  readonly id: string
  readonly package: FoundPackage
  readonly severity: Severity
  /** `unknown` where the scan does not tell: basic scans never do. */
  readonly fix: 'yes' | 'no' | 'partial' | 'unknown'
  /** Version that mends it. */
  readonly fixedIn: string | null
  /** Null where the scan does not tell. */
  readonly exploitable: boolean | null
  /** CVSS base score, 0 to 10. */
  readonly score: number | null
  /** Milliseconds since the epoch; null where the scan does not tell: basic scans never do. */
  readonly firstObservedAt: number | null
  /** Inspector's own suppression rules and closings; basic findings are always `active`. */
  readonly status: 'active' | 'suppressed' | 'closed'
  readonly title: string | null
  readonly description: string | null
  readonly uri: string | null
}
