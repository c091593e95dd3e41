import type {Caller} from '../identity/caller.ts'

export type Tags = Readonly<Record<string, string>>

/** What is asked for: everything that a policy can look at. */
export interface AccessRequest {
  /** `ecr:PutImage`. */
  readonly action: string
  readonly caller: Caller
  /** Of the caller's user or role, and of its session. */
  readonly principalTags: Tags
  /** Organization of the caller's account: an id such as `o-a1b2c3d4e5`, or a path that begins with it. */
  readonly organization?: string | undefined
  readonly resource: {
    /** `*` where an action is not about a repository. */
    readonly arn: string
    readonly account: string
    readonly organization?: string | undefined
    /** Asked for when a policy looks at them. */
    readonly tags: () => Tags
  }
  /** Undefined where it says nothing: STS is global. */
  readonly region?: string | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly sourceIp: string
  /** Tags that the request gives. */
  readonly requestTags?: Tags | undefined
  /** Keys of the tags that the request is about. */
  readonly tagKeys?: readonly string[] | undefined
  readonly externalId?: string | undefined
}
