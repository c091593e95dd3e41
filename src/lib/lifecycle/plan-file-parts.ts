/** What plan files of registries have in common, and how each of them is doubted. */
import * as z from 'zod/mini'
import {parseEcrHost} from '../ecr/hosts.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import {RefusalError} from '../errors.ts'
import {type PlanDocument, planLifetimeMs} from '../plan/document.ts'
import type {ProtectedWord} from './protection.ts'

/** Ends with why the plan is not believed. */
export type Refuse = (what: string) => never

/** @throws {RefusalError} PLAN_MALFORMED (exit 7), whenever it is called. */
export function refuserOf(file: string): Refuse {
  return what => {
    throw new RefusalError(
      'PLAN_MALFORMED',
      `${file} is no plan that Gantry made: ${what}. Nothing was done. Make a new plan.`,
    )
  }
}

export const text = z.string().check(z.minLength(1))

export const callerSchema = z.strictObject({account: text, arn: text})

export const registrySchema = z.strictObject({
  label: text,
  host: text,
  account: text,
  region: text,
  alias: z.exactOptional(text),
})

/** Files that protected images when a plan was made, to be read again, and what was protected then. */
export interface SavedProtection {
  readonly files: readonly string[]
  readonly words: readonly ProtectedWord[]
}

export const protectionSchema = z.strictObject({
  files: z.array(text),
  words: z.array(z.strictObject({word: text, place: text, isValue: z.boolean()})),
})

/** The plan in that shape. */
export function parsedAs<Schema extends z.ZodMiniType>(
  schema: Schema,
  document: PlanDocument,
  refuse: Refuse,
): z.output<Schema> {
  const parsed = z.safeParse(schema, document)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  return refuse(`${(issue?.path ?? []).map(String).join('.')}: ${issue?.message}`)
}

/** Clocks of two machines may differ by so much, in milliseconds. */
const clockSkewMs = 5 * 60 * 1000

/**
 * A plan that promises for longer than it may is worth nothing, nor is one from the future.
 *
 * @returns when it expires, in milliseconds since the epoch.
 */
export function checkTimes({createdAt, expiresAt}: PlanDocument, now: number, refuse: Refuse): number {
  const [from, to] = [Date.parse(createdAt), Date.parse(expiresAt)]
  if (to - from !== planLifetimeMs) refuse(`it is not valid for ${planLifetimeMs / 3_600_000} hours`)
  if (from > now + clockSkewMs) refuse(`it was made at ${createdAt}, which is yet to come`)
  return to
}

export function checkRegistry({host, account, region}: InventoryRegistry, refuse: Refuse): void {
  const ecr = parseEcrHost(host)
  const isRight = ecr?.kind === 'private' && ecr.account === account && ecr.region === region
  if (!isRight) refuse(`${host} is not the registry of ${account} in ${region}`)
}
