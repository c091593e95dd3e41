import {formatPath, type Path} from '../../config/problems.ts'
import type {Json} from '../../plan/canonical.ts'
import {diffValue} from '../compare.ts'
import type {DiffLine} from '../resource.ts'
import {canonicalHead, canonicalStatement, meaningOf} from './canonical.ts'
import {documentOf, type PolicyDocument, type Statement} from './document.ts'
import {pathsOf} from './names.ts'
import {pairStatements} from './pair.ts'
import {isMapping, type Members, statementMembers} from './shape.ts'

/**
 * What changes from one policy to another, by statement and member: `statements.OrgPull.Action + ecr:BatchGetImage`. Nothing
 * for two that mean the same. Of a policy that comes or goes, every statement does.
 *
 * @param before null when there is none, as is `after`.
 */
export function diffPolicies(before: string | null, after: string | null): readonly DiffLine[] {
  if (before === after) return []
  const [old, made] = [before, after].map(text => (text === null ? null : documentOf(text)))
  const lines = diffStatements(old?.statements ?? [], made?.statements ?? [])
  if (old && made) return [...diffHeads(old, made), ...lines]
  return lines.length === 0 ? diffValue('', before, after) : lines
}

const headKeys: Readonly<Record<string, string>> = {Version: 'version', Id: 'id'}

function diffHeads(old: PolicyDocument, made: PolicyDocument): DiffLine[] {
  const [before, after] = [canonicalHead(old), canonicalHead(made)]
  return namesOf(before, after).flatMap(name => diffValue(headKeys[name] ?? name, before[name], after[name]))
}

function diffStatements(old: readonly Statement[], made: readonly Statement[]): DiffLine[] {
  const twins = pairStatements(made, old)
  const [oldPaths, madePaths] = [pathsOf(old), pathsOf(made)]
  const changed = made.flatMap((statement, index) => {
    const path = madePaths[index] ?? []
    const twin = twins[index]
    if (twin === undefined) return diffValue(formatPath(path), null, canonicalStatement(statement))
    return diffStatement(path, old[twin] ?? {}, statement)
  })
  const kept = new Set(twins)
  const removed = old.flatMap((statement, index) =>
    kept.has(index) ? [] : diffValue(formatPath(oldPaths[index] ?? []), canonicalStatement(statement), null),
  )
  return [...changed, ...removed]
}

function diffStatement(path: Path, old: Statement, made: Statement): DiffLine[] {
  if (meaningOf(old) === meaningOf(made)) return []
  const [before, after] = [canonicalStatement(old), canonicalStatement(made)]
  return namesOf(before, after).flatMap(name => {
    const diff = statementMembers.includes(name) ? diffMember : diffWhole
    return diff([...path, name], before[name], after[name])
  })
}

/** Sets by their values, mappings by their members. */
function diffMember(path: Path, before: Json | undefined, after: Json | undefined): readonly DiffLine[] {
  const [old, made] = [before ?? [], after ?? []]
  if (Array.isArray(old) && Array.isArray(made)) {
    const lines = diffSets(formatPath(path), old, made)
    return lines.length === 0 ? diffWhole(path, before, after) : lines
  }
  const [from, to] = [before ?? {}, after ?? {}]
  if (isMapping(from) && isMapping(to)) {
    const lines = namesOf(from, to).flatMap(name => diffMember([...path, name], from[name], to[name]))
    return lines.length === 0 ? diffWhole(path, before, after) : lines
  }
  return diffWhole(path, before, after)
}

function diffSets(path: string, old: readonly Json[], made: readonly Json[]): DiffLine[] {
  const removed = old.filter(value => !made.includes(value))
  const added = made.filter(value => !old.includes(value))
  return [
    ...removed.map(before => ({sign: '-', path, before}) as const),
    ...added.map(after => ({sign: '+', path, after}) as const),
  ]
}

function diffWhole(path: Path, before: Json | undefined, after: Json | undefined): DiffLine[] {
  return diffValue(formatPath(path), before, after)
}

function namesOf(before: Members, after: Members): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
}
