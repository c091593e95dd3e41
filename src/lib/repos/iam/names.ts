import type {Path} from '../../config/problems.ts'
import type {Json} from '../../plan/canonical.ts'
import {canonicalStatement, sidOf} from './canonical.ts'
import type {Statement} from './document.ts'
import {isMapping, type Members} from './shape.ts'

/**
 * Where statements are in a policy, in the order of the list: `statements.OrgPull`, `statements.OrgPull[1]` for the second of
 * that Sid, `statements[3]` for the fourth of all, which has none.
 */
export function pathsOf(statements: readonly Statement[]): readonly Path[] {
  const count = new Map<string, number>()
  return statements.map((statement, index) => {
    const sid = sidOf(statement)
    if (sid === undefined) return ['statements', index]
    const nth = count.get(sid) ?? 0
    count.set(sid, nth + 1)
    return nth === 0 ? ['statements', sid] : ['statements', sid, nth]
  })
}

/** What a statement says, on one line: `OrgPull: Allow 111111111111: ecr:BatchGetImage`. */
export function describeStatement(statement: Statement): string {
  const {Sid: _, Condition, ...members} = canonicalStatement(statement)
  const told = Object.entries(members).map(([name, value]) => tellMember(name, value ?? null))
  const conditions = Condition === undefined ? [] : ['with conditions']
  return `${sidOf(statement) ?? 'without a Sid'}: ${[...told, ...conditions].join(' ')}`
}

function tellMember(name: string, value: Json): string {
  const values = isMapping(value) ? valuesOf(value) : [value].flat()
  const said = values.map(each => (typeof each === 'string' ? each : JSON.stringify(each))).join(', ')
  return ['Effect', 'Principal', 'Action', 'Resource'].includes(name) ? said : `${name} ${said}`
}

function valuesOf(members: Members): readonly Json[] {
  return Object.values(members).flatMap(value => (Array.isArray(value) ? value : [value ?? null]))
}
