/** What others say of an image: gates before it goes, and replication after it came. */
import type {DestinationStatus} from '../replication/model.ts'
import type {ReplicationVerdict} from '../replication/verdict.ts'
import type {FindingOutcome, GateVerdict} from '../scan/verdict.ts'

/** What gates said of an image before anything of it was sent: of the digest that its reference named then. */
export interface GateWord {
  /** `failed` when one gate says no, else `undetermined` when one has not what to judge by. */
  readonly verdict: GateVerdict
  /** When it was judged, ISO 8601. */
  readonly judgedAt: string
  /** Each gate that it has to pass. */
  readonly gates: readonly NamedGateWord[]
}

/** What one gate said. */
export interface NamedGateWord {
  /** In repos.yaml. */
  readonly name: string
  /** SHA-256 of what it decides by. */
  readonly policy: string
  readonly verdict: GateVerdict
  /** One sentence each; at least one unless it passed. */
  readonly reasons: readonly string[]
  /** How many findings came to what. */
  readonly counts: Readonly<Partial<Record<FindingOutcome, number>>>
}

/** How an image that was promoted stands at the registries that replication leads to from its destination. */
export interface ReplicationWord {
  /** `yes`: every one has it; `not-covered`: no rule leads anywhere. */
  readonly verdict: ReplicationVerdict
  /** In the order of the rules. */
  readonly destinations: readonly ReplicaWord[]
}

/** How it stands at one of them. */
export interface ReplicaWord
  extends Pick<DestinationStatus, 'class' | 'reported' | 'failureCode' | 'missing' | 'reason'> {
  /** `ALIAS@REGION` or host. */
  readonly registry: string
  readonly host: string
}
