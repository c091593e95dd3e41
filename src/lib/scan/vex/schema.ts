/**
 * The shape of OpenVEX documents (github.com/openvex/spec, v0.2.0): what it requires is required, and what it does not
 * know is refused, for a key that is not understood may change what a statement means.
 */
import * as z from 'zod/mini'
import {show} from '../../config/problems.ts'
import {mapping, text} from '../../config/schema-parts.ts'
import {vexStatuses} from './model.ts'

/** RFC 3339, section 5.6. */
const timePattern = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,12})?(?:[Zz]|[+-]\d{2}:\d{2})$/
const contextPattern = /^https:\/\/openvex\.dev\/ns(?:\/v0\.2\.\d{1,3})?$/

/** Status Justifications of the VEX working group. */
const justifications = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
] as const

const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, {error: issue => `must be one of ${words.join(', ')}, not ${show(String(issue.input))}.`})

const time = z.string().check(
  z.refine(value => timePattern.test(value) && !Number.isNaN(timeOf(value)), {
    error: issue => `${show(String(issue.input))} is not a time. Write it as in 2026-11-21T08:00:00Z.`,
  }),
)
const words = z.string().check(z.minLength(1, {error: 'is empty. Write it, or take the key out.'}))
const optional = z.exactOptional

const component = {
  '@id': optional(z.string()),
  identifiers: optional(z.record(z.string(), z.string())),
  hashes: optional(z.record(z.string(), z.string())),
}

const statement = mapping({
  '@id': optional(z.string()),
  version: optional(z.int({error: 'must be a whole number.'})),
  vulnerability: mapping({
    '@id': optional(z.string()),
    name: words,
    description: optional(z.string()),
    aliases: optional(z.array(words)),
  }),
  timestamp: optional(time),
  last_updated: optional(time),
  products: optional(z.array(mapping({...component, subcomponents: optional(z.array(mapping(component)))}))),
  status: oneOf(vexStatuses),
  supplier: optional(z.string()),
  status_notes: optional(z.string()),
  justification: optional(oneOf(justifications)),
  impact_statement: optional(words),
  action_statement: optional(words),
  action_statement_timestamp: optional(time),
})

export const vexSchema = mapping({
  '@context': text(
    contextPattern,
    'the context of an OpenVEX document that is known here',
    'Known is https://openvex.dev/ns/v0.2.0.',
  ),
  '@id': z.string(),
  author: z.string(),
  role: optional(z.string()),
  timestamp: time,
  last_updated: optional(time),
  version: z.int({error: 'must be a whole number.'}),
  tooling: optional(z.string()),
  statements: z
    .array(statement)
    .check(z.minLength(1, {error: 'is an empty list. A document makes at least one statement.'})),
})

export type VexData = z.infer<typeof vexSchema>

/** Milliseconds since the epoch of a time as RFC 3339 writes it; NaN for a day that there is not. */
export function timeOf(value: string): number {
  // ECMAScript promises no more than three digits of a second.
  return Date.parse(value.toUpperCase().replace(/(\.\d{3})\d+/, '$1'))
}
