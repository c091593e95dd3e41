/** What a lifecycle plan must be, besides sealed: a seal says that nobody altered it, not that Gantry made it. */
import * as z from 'zod/mini'
import {parseEcrHost} from '../ecr/hosts.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import {GantryError, RefusalError} from '../errors.ts'
import {type Digest, isDigest} from '../oci/digest.ts'
import {isValidRepository} from '../oci/reference.ts'
import {type Caller, type PlanAction, type PlanDocument, planLifetimeMs} from '../plan/document.ts'
import type {ProtectedWord} from './protection.ts'
import {parsePolicy} from './read-policy.ts'

/** A saved plan of lifecycle policies, read back. */
export interface SavedLifecyclePlan {
  readonly document: PlanDocument
  /** How far it looked ahead. */
  readonly days: number
  /** When it expires, in milliseconds since the epoch. */
  readonly expiresAt: number
  readonly callers: readonly Caller[]
  /** Files that protected images when it was made, to be read again, and what was protected then. */
  readonly protection: {readonly files: readonly string[]; readonly words: readonly ProtectedWord[]}
  readonly changes: readonly SavedChange[]
}

/** The change of one repository's policy. */
export interface SavedChange {
  readonly registry: InventoryRegistry
  readonly repository: string
  readonly action: PlanAction
  /** What ECR's own preview said when the plan was made. */
  readonly preview: 'agrees' | 'disagrees' | 'skipped'
}

/** Clocks of two machines may differ by so much, in milliseconds. */
const clockSkewMs = 5 * 60 * 1000

const text = z.string().check(z.minLength(1))
const digest = z.custom<Digest>(value => typeof value === 'string' && isDigest(value))
const part = z.string().check(z.regex(/^(?:expire|archive) sha256:[0-9a-f]{64}$/))

const registrySchema = z.strictObject({
  label: text,
  host: text,
  account: text,
  region: text,
  alias: z.exactOptional(text),
})

const inputsSchema = z.strictObject({
  days: z.int().check(z.minimum(0)),
  registries: z.array(registrySchema),
  callers: z.array(z.strictObject({account: text, arn: text})),
  protection: z.strictObject({
    files: z.array(text),
    words: z.array(z.strictObject({word: text, place: text, isValue: z.boolean()})),
  }),
})

const actionSchema = z.strictObject({
  id: text,
  verb: z.literal(['put-lifecycle-policy', 'delete-lifecycle-policy']),
  subject: text,
  before: z.nullable(text),
  after: z.nullable(text),
  why: z.array(z.string()),
  parts: z.array(part),
  precondition: text,
  detail: z.strictObject({
    images: z.int(),
    expire: z.int(),
    archive: z.int(),
    freedBytes: z.nullable(z.number()),
    freedAtMost: z.number(),
    preview: z.literal(['agrees', 'disagrees', 'skipped']),
    endangered: z.array(
      z.strictObject({
        digest,
        tags: z.array(text),
        under: z.literal(['today', 'new', 'both']),
        fate: z.literal(['expire', 'archive']),
        rulePriority: z.int(),
        at: text,
        evidence: z.array(text),
      }),
    ),
  }),
})

const planSchema = z.looseObject({inputs: inputsSchema, actions: z.array(actionSchema)})

/** The JSON Schemas (draft 7) of what is a lifecycle plan's alone. @public for tools/generate-schema.ts */
export function lifecyclePlanJsonSchemas(): {readonly inputs: object; readonly actions: object} {
  const {inputs = {}, actions = {}} = z.toJSONSchema(planSchema, {
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({zodSchema, jsonSchema}) => {
      if (zodSchema === digest) Object.assign(jsonSchema, {type: 'string', pattern: '^sha256:[0-9a-f]{64}$'})
    },
  }).properties as Readonly<Record<string, object>>
  return {inputs, actions}
}

type SavedAction = z.output<typeof actionSchema>

/** Ends with why the plan is not believed. */
type Refuse = (what: string) => never

/**
 * Takes a sealed plan apart, and believes nothing in it.
 *
 * @throws {RefusalError} PLAN_MALFORMED (exit 7).
 */
export function decodeLifecyclePlan(document: PlanDocument, file: string, now: number): SavedLifecyclePlan {
  const refuse: Refuse = what => {
    throw new RefusalError(
      'PLAN_MALFORMED',
      `${file} is no plan that Gantry made: ${what}. Nothing was done. Make a new plan.`,
    )
  }
  const parsed = z.safeParse(planSchema, document)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return refuse(`${(issue?.path ?? []).map(String).join('.')}: ${issue?.message}`)
  }
  const {inputs, actions} = parsed.data
  const {days, registries, callers, protection} = inputs
  for (const registry of registries) checkRegistry(registry, refuse)
  if (new Set(actions.map(({subject}) => subject)).size < actions.length)
    refuse('a repository is in it twice')
  return {
    document,
    days,
    expiresAt: checkTimes(document, now, refuse),
    callers,
    protection,
    changes: actions.map(action => toChange(action, registries, refuse)),
  }
}

/** A plan that promises for longer than it may is worth nothing, nor is one from the future. */
function checkTimes({createdAt, expiresAt}: PlanDocument, now: number, refuse: Refuse): number {
  const [from, to] = [Date.parse(createdAt), Date.parse(expiresAt)]
  if (to - from !== planLifetimeMs) refuse(`it is not valid for ${planLifetimeMs / 3_600_000} hours`)
  if (from > now + clockSkewMs) refuse(`it was made at ${createdAt}, which is yet to come`)
  return to
}

function checkRegistry({host, account, region}: InventoryRegistry, refuse: Refuse): void {
  const ecr = parseEcrHost(host)
  const isRight = ecr?.kind === 'private' && ecr.account === account && ecr.region === region
  if (!isRight) refuse(`${host} is not the registry of ${account} in ${region}`)
}

function toChange(
  action: SavedAction,
  registries: readonly InventoryRegistry[],
  refuse: Refuse,
): SavedChange {
  const {id, verb, subject, before, after} = action
  const registry = registries.find(({host}) => subject.startsWith(`${host}/`))
  const repository = subject.slice((registry?.host.length ?? 0) + 1)
  if (registry === undefined || !isValidRepository(repository))
    return refuse(`${subject} is no repository of its registries`)
  if (id !== `${verb} ${subject}`) refuse(`${id} is not ${verb} ${subject}`)
  if (verb === 'delete-lifecycle-policy') {
    if (before === null || after !== null) refuse(`there is no policy of ${subject} to be deleted`)
  } else if (after === null) refuse(`there is no policy for ${subject}`)
  else checkPolicy(after, subject, refuse)
  return {registry, repository, action, preview: action.detail.preview}
}

/** What ECR's grammar refuses is not sent, whoever sealed it. */
function checkPolicy(policy: string, subject: string, refuse: Refuse): void {
  try {
    parsePolicy(policy, `the policy for ${subject}`)
  } catch (error) {
    if (error instanceof GantryError) refuse(error.message.replace(/\.$/, ''))
    throw error
  }
}
