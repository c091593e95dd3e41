import * as z from 'zod/mini'
import type {UsageError} from '../errors.ts'
import {isPolicy} from './access/validation.ts'
import {checked, flaw} from './checked.ts'
import {isAccount, isRegion} from './identity/partition.ts'
import {type TagMutability, tagMutabilities} from './state/tag-mutability.ts'

/** What to put into a sandbox. What is there already stays, and takes the settings that are given here. */
export interface SandboxSeed {
  readonly accounts?: readonly SeedAccount[]
  readonly repositories?: readonly SeedRepository[]
}

/** An account with `roles` has those alone; any other account has every role. */
export interface SeedAccount {
  readonly id: string
  /** Id of its organization, or the path of its unit there: `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`. */
  readonly organization?: string
  /** Its one user, `user/sandbox`. */
  readonly user?: SeedIdentity
  readonly roles?: readonly SeedRole[]
  /** Credentials for the upstream registries of pull-through cache rules. */
  readonly secrets?: readonly SeedSecret[]
}

export interface SeedIdentity {
  /** Its identity policy. Without one it may do everything in its own account, and what other accounts allow it. */
  readonly policy?: object
  readonly tags?: Readonly<Record<string, string>>
}

export interface SeedRole extends SeedIdentity {
  readonly name: string
  readonly externalId?: string
  /** Account ids and ARNs that may assume it, and ARNs of identity providers; without them, anyone may. */
  readonly trusts?: readonly string[]
}

/** A secret of Secrets Manager. */
export interface SeedSecret {
  /** As rules name it: `arn:aws:secretsmanager:REGION:ACCOUNT:secret:ecr-pullthroughcache/NAME`. */
  readonly arn: string
  readonly username: string
  readonly accessToken: string
  /** ECR is denied the secret, or cannot decrypt it. Without it, ECR reads it. */
  readonly unreadable?: 'denied' | 'encrypted'
}

export interface SeedRepository {
  readonly account: string
  readonly region: string
  readonly name: string
  readonly tagMutability?: TagMutability['mode']
  /** Wildcards of the tags for which the opposite of `tagMutability` holds. */
  readonly exclusions?: readonly string[]
  readonly policy?: object
  readonly lifecyclePolicy?: object
  /** Its own tags, by key; others stay. */
  readonly resourceTags?: Readonly<Record<string, string>>
  /** Contents of blobs, in base64. */
  readonly blobs?: readonly string[]
  /** In the order in which they are put: an index after what it lists. */
  readonly images?: readonly SeedImage[]
}

export interface SeedImage {
  readonly tag?: string | readonly string[]
  /** The manifest's text, or its bytes in base64. Without it, a small image is made, another one for each tag. */
  readonly manifest?: string
  readonly mediaType?: string
  /** What scans of it find: an answer of DescribeImageScanFindings. A scan has just found it. */
  readonly findings?: object
}

const text = z.string().check(z.minLength(1))
const account = z.string().check(z.refine(isAccount, 'must be twelve digits'))
const region = z.string().check(z.refine(isRegion, 'must be a region such as eu-west-1'))
const base64 = z.string().check(z.regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be base64'))

const organization = z
  .string()
  .check(
    z.regex(
      /^o-[a-z0-9]{1,32}(?:\/[a-z0-9-]+)*\/?$/,
      'must be the id of an organization, or a path that begins with it',
    ),
  )
const identity = {
  policy: z.optional(z.looseObject({}).check(z.refine(isIdentityPolicy, 'must be an identity policy'))),
  tags: z.optional(z.record(text, z.string())),
}

const secretArn = z
  .string()
  .check(
    z.regex(
      /^arn:aws(-\w+)*:secretsmanager:[a-z0-9-]+:\d{12}:secret:ecr-pullthroughcache\/[\w/+=.@-]+$/,
      'must be the ARN of a secret ecr-pullthroughcache/NAME',
    ),
  )

const schema = z.strictObject({
  accounts: z.optional(
    z.array(
      z.strictObject({
        id: account,
        organization: z.optional(organization),
        user: z.optional(z.strictObject(identity)),
        roles: z.optional(
          z.array(
            z.strictObject({
              name: text,
              externalId: z.optional(text),
              trusts: z.optional(z.array(text)),
              ...identity,
            }),
          ),
        ),
        secrets: z.optional(
          z.array(
            z.strictObject({
              arn: secretArn,
              username: text,
              accessToken: text,
              unreadable: z.optional(z.enum(['denied', 'encrypted'])),
            }),
          ),
        ),
      }),
    ),
  ),
  repositories: z.optional(
    z.array(
      z.strictObject({
        account,
        region,
        name: text,
        tagMutability: z.optional(z.enum(tagMutabilities)),
        exclusions: z.optional(z.array(text)),
        policy: z.optional(z.looseObject({})),
        lifecyclePolicy: z.optional(z.looseObject({})),
        resourceTags: z.optional(z.record(text, z.string())),
        blobs: z.optional(z.array(base64)),
        images: z.optional(
          z.array(
            z.strictObject({
              tag: z.optional(z.union([text, z.array(text)])),
              manifest: z.optional(text),
              mediaType: z.optional(text),
              findings: z.optional(z.looseObject({})),
            }),
          ),
        ),
      }),
    ),
  ),
})

/** @throws {UsageError} INVALID_SEED: one line with the first place that is wrong. */
export function parseSeed(value: unknown): SandboxSeed {
  return checked(schema, value, invalidSeed) as SandboxSeed
}

function isIdentityPolicy(policy: object): boolean {
  return isPolicy(policy, 'identity')
}

export function invalidSeed(place: string, problem: string): UsageError {
  return flaw('INVALID_SEED', 'Sandbox seed', place, problem)
}
