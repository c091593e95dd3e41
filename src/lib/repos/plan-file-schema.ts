/** The shape of a plan of a reconciliation. */
import * as z from 'zod/mini'
import {exitCodes} from '../errors.ts'
import {callerSchema, protectionSchema, registrySchema, text} from '../lifecycle/plan-file-parts.ts'

const inputsSchema = z.strictObject({
  registries: z.array(registrySchema),
  callers: z.array(callerSchema),
  protection: protectionSchema,
  /** Read by those who read lifecycle plans. */
  lifecycle: z.nullable(z.record(z.string(), z.unknown())),
  /** What is not as repos.yaml says and is no action. */
  left: z.array(
    z.strictObject({
      registry: text,
      repository: z.nullable(text),
      resource: text,
      entry: z.string(),
      verb: text,
      outcome: z.literal(['blocked', 'failed']),
      error: z.strictObject({
        code: text,
        message: z.string(),
        hints: z.array(z.string()),
        exitCode: z.literal(Object.values(exitCodes)),
      }),
    }),
  ),
})

const lineSchema = z.strictObject({
  sign: z.literal(['+', '-', '~']),
  path: z.string(),
  before: z.optional(z.unknown()),
  after: z.optional(z.unknown()),
})

const actionSchema = z.strictObject({
  id: text,
  verb: text,
  subject: text,
  before: z.nullable(text),
  after: z.nullable(text),
  why: z.array(z.string()),
  precondition: text,
  detail: z.strictObject({
    host: text,
    repository: z.nullable(text),
    resource: text,
    entry: z.string(),
    kind: z.literal(['create', 'change', 'remove']),
    lines: z.array(lineSchema),
    risks: z.array(z.string()),
  }),
})

/** What is a plan of a reconciliation's alone. */
export const planSchema = z.looseObject({inputs: inputsSchema, actions: z.array(actionSchema)})

export type SavedAction = z.output<typeof actionSchema>

/** The JSON Schemas (draft 7) of what is a plan of a reconciliation's alone. @public for tools/generate-schema.ts */
export function reposPlanJsonSchemas(): {readonly inputs: object; readonly actions: object} {
  const {inputs = {}, actions = {}} = z.toJSONSchema(planSchema, {target: 'draft-7', unrepresentable: 'any'})
    .properties as Readonly<Record<string, object>>
  return {inputs, actions}
}
