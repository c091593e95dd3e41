import type {EventDetails} from './details.ts'

/** What happened, as the code that did it tells; who keeps events adds the rest. */
export type EcrEvent = {
  readonly [Type in keyof EventDetails]: {
    readonly type: Type
    /** Registry in which it happened; of a replication, the destination. */
    readonly account: string
    readonly region: string
    /** ARNs; none by default. */
    readonly resources?: readonly string[]
    readonly detail: EventDetails[Type]
    /** Milliseconds since the epoch; what the sandbox's clock shows by default. */
    readonly at?: number
  }
}[keyof EventDetails]

/** Where events are told. It never fails and never waits. */
export interface Events {
  emit(event: EcrEvent): void
}

/** An event as EventBridge delivers it (EventBridge user guide, event structure reference). */
export interface SandboxEvent {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: 'aws.ecr' | 'aws.inspector2'
  readonly account: string
  /** ISO 8601, to the second. */
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: object
}
