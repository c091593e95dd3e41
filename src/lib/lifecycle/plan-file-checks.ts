/** What a lifecycle plan must be, besides sealed: a seal says that nobody altered it, not that Gantry made it. */
import * as z from 'zod/mini'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import {GantryError} from '../errors.ts'
import {type Digest, isDigest} from '../oci/digest.ts'
import {isValidRepository} from '../oci/reference.ts'
import type {Caller, PlanAction, PlanDocument} from '../plan/document.ts'
import {
  callerSchema,
  checkRegistry,
  checkTimes,
  parsedAs,
  protectionSchema,
  type Refuse,
  refuserOf,
  registrySchema,
  type SavedProtection,
  text,
} from './plan-file-parts.ts'
import {parsePolicy} from './read-policy.ts'

/** A saved plan of lifecycle policies, read back. */
export interface SavedLifecyclePlan {
  readonly document: PlanDocument
  /** How far it looked ahead. */
  readonly days: number
  /** When it expires, in milliseconds since the epoch. */
  readonly expiresAt: number
  readonly callers: readonly Caller[]
  readonly protection: SavedProtection
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

const digest = z.custom<Digest>(value => typeof value === 'string' && isDigest(value))
const part = z.string().check(z.regex(/^(?:expire|archive) sha256:[0-9a-f]{64}$/))

const inputsSchema = z.strictObject({
  days: z.int().check(z.minimum(0)),
  registries: z.array(registrySchema),
  callers: z.array(callerSchema),
  protection: protectionSchema,
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

/**
 * Takes a sealed plan apart, and believes nothing in it.
 *
 * @throws {RefusalError} PLAN_MALFORMED (exit 7).
 */
export function decodeLifecyclePlan(document: PlanDocument, file: string, now: number): SavedLifecyclePlan {
  const refuse = refuserOf(file)
  const {inputs, actions} = parsedAs(planSchema, document, refuse)
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
