import {RefusalError} from '../../errors.ts'
import {policyOfEcr} from '../../lifecycle/read-policy.ts'
import {diffValue} from '../compare.ts'
import {diffPolicies} from '../iam/diff.ts'
import {policyFault} from '../iam/document.ts'
import type {DiffLine} from '../resource.ts'
import {lifecycle} from '../resources/lifecycle.ts'
import {tagMutability} from '../resources/tag-mutability.ts'
import {tags} from '../resources/tags.ts'
import {type CreationTemplate, plainTemplate} from './template.ts'

/** What changes from one template to another: of one that comes or goes, all that is not ECR's default. */
export function diffTemplates(
  live: CreationTemplate | null,
  wanted: CreationTemplate | null,
): readonly DiffLine[] {
  if (live === wanted) return []
  const lines = diffMembers(live ?? plainTemplate, wanted ?? plainTemplate)
  if (live === null) return lines.map(({path, after = null}) => ({sign: '+', path, after}))
  if (wanted === null) return lines.map(({path, before = null}) => ({sign: '-', path, before}))
  return lines
}

function diffMembers(before: CreationTemplate, after: CreationTemplate): readonly DiffLine[] {
  const others = new Set([...Object.keys(before.others), ...Object.keys(after.others)])
  return [
    ...diffValue('description', before.description || null, after.description || null),
    ...diffValue('appliedFor', orNull(before.appliedFor), orNull(after.appliedFor)),
    ...diffValue('encryption', before.encryption, after.encryption),
    ...within('tagMutability', tagMutability.diff(before.tagMutability, after.tagMutability)),
    ...within('policy', diffTexts(before.policy, after.policy)),
    ...within('lifecycle', diffLifecycles(before.lifecycle, after.lifecycle)),
    ...within('tags', tags.diff(before.tags, after.tags)),
    ...diffValue('role', before.role, after.role),
    ...[...others].flatMap(name => diffValue(name, before.others[name], after.others[name])),
  ]
}

/** By their rules; as texts when one of them is not understood. */
export function diffLifecycles(before: string | null, after: string | null): readonly DiffLine[] {
  if (before === after) return []
  const isClear = [before, after].every(text => text === null || lifecycleFault(text, '') === undefined)
  if (!isClear) return diffValue('', before, after)
  const [old, made] = [before, after].map(text => (text === null ? null : policyOfEcr(text, '')))
  return lifecycle.diff(old ?? null, made ?? null)
}

/**
 * Why a text at ECR cannot be read as a lifecycle policy; undefined when it can.
 *
 * @param where whose it is, as messages name it.
 */
export function lifecycleFault(text: string, where: string): string | undefined {
  try {
    policyOfEcr(text, where)
    return undefined
  } catch (error) {
    if (error instanceof RefusalError) return error.message
    throw error
  }
}

function diffTexts(before: string | null, after: string | null): readonly DiffLine[] {
  const isClear = [before, after].every(text => text === null || policyFault(text) === undefined)
  return isClear ? diffPolicies(before, after) : diffValue('', before, after)
}

function within(member: string, lines: readonly DiffLine[]): DiffLine[] {
  return lines.map(line => ({...line, path: line.path === '' ? member : `${member}.${line.path}`}))
}

function orNull(list: readonly string[]): readonly string[] | null {
  return list.length === 0 ? null : list
}
