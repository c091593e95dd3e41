import type * as z from 'zod/mini'
import {type Entry, entryAt} from './document.ts'
import {nearest} from './nearest.ts'
import {type Path, type Problem, show, showBare} from './problems.ts'

type Issue = z.core.$ZodIssue

const anyTen = '{tagStatus: any, countType: imageCountMoreThan, countNumber: 10}'

/** What the keys of ECR's own grammar look like that are never left out. */
const policyExamples: Readonly<Record<string, string>> = {
  rules: `rules: [{rulePriority: 1, selection: ${anyTen}, action: {type: expire}}]`,
  rulePriority: 'rulePriority: 1',
  selection: `selection: ${anyTen}`,
  tagStatus: 'tagStatus: any',
  countType: 'countType: imageCountMoreThan',
  countNumber: 'countNumber: 10',
  action: 'action: {type: expire}',
  type: 'type: expire',
  ignores: 'ignores: []',
  until: 'until: 2026-12-31, or until: never',
  reason: 'reason: and why it does not count',
}

/** What a key that must be there looks like; where it means something else in one section, after the name of that. */
const examples: Readonly<Record<string, string>> = {
  ...policyExamples,
  version: 'version: 1',
  id: 'id: "111111111111"',
  'ignores.id': 'id: CVE-2024-12345',
  arn: 'arn: arn:aws:iam::111111111111:role/name',
  from: 'from: dev',
  to: 'to: [prod]',
  names: 'names: ["payments/**"]',
  set: 'set: {lifecycle: {use: app}}',
  'encryption.type': 'type: KMS',
  'tagMutability.mode': 'mode: IMMUTABLE_WITH_EXCLUSION',
  upstream: 'upstream: registry-1.docker.io',
  appliedFor: 'appliedFor: [CREATE_ON_PUSH]',
  profile: 'profile: arn:aws:signer:eu-west-1:111111111111:/signing-profiles/name',
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  boolean: 'true or false',
  number: 'a finite number',
}

/** The message of what a schema has no words for. */
const unsaid = 'Invalid input'

/** What the schema found wrong, in the words and places of the file. `base` is where the issue's own path starts. */
export function problemsOf(issue: Issue, data: unknown, root: Entry, base: Path = []): Problem[] {
  const path = [...base, ...issue.path.map(step => (typeof step === 'number' ? step : String(step)))]
  const entry = entryAt(root, path)
  const key = path.at(-1)
  if (entry === undefined) return [missing(String(key), path.slice(0, -1), root)]
  const value = valueAt(data, path)
  const at = (text: string, position = entry.value, code = codeOf(issue)): Problem[] => [
    {position, path, text, code},
  ]

  if (issue.code === 'unrecognized_keys')
    return unknownKeys(issue.keys, issue.message.split(', '), path, root)
  if (issue.code === 'invalid_key') return at(issue.issues[0]?.message ?? 'is not a good name.', entry.key)
  if (value === null) {
    // Only who writes it out may take it for a value.
    const what = entry.source === 'null' ? 'null' : 'empty'
    const example = isInPolicy(path) ? policyExamples[String(key)] : undefined
    return at(`is ${what}. Write ${example ?? 'a value, or take it out'}.`, entry.value, 'null-value')
  }
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find(issues => issues.every(inner => !isOtherKind(inner, value)))
    if (branch === undefined) {
      if (issue.message !== unsaid) return at(issue.message)
      return at(`must be ${kindsOf(issue.errors)}, not ${kindOf(value)}.`)
    }
    return branch.flatMap(inner => problemsOf(inner, data, root, path))
  }
  const kind = issue.code === 'invalid_type' ? kinds[issue.expected] : undefined
  if (issue.code !== 'invalid_type' || kind === undefined || issue.message !== unsaid)
    return at(issue.message)
  if (issue.expected === 'string' && entry.source !== undefined) {
    return at(unquoted(entry.source, value, path[0] === 'accounts' && path.length === 3 && key === 'id'))
  }
  const example = issue.expected === 'array' && typeof value === 'string' ? ` Write [${show(value)}].` : ''
  const given = entry.source === undefined ? kindOf(value) : show(entry.source)
  return at(`must be ${kind}, not ${given}.${example}`)
}

/** Replication and signing have rules, too. */
function isInPolicy(path: Path): boolean {
  return path.includes('rules') && (path[0] !== 'registries' || path.includes('lifecycle'))
}

function missing(key: string, path: Path, root: Entry): Problem {
  const position = (entryAt(root, path) ?? root).key
  return {
    position,
    path,
    text: `"${key}" is missing. Add ${exampleOf(key, path)}.`,
    missing: key,
    code: 'missing-key',
  }
}

function exampleOf(key: string, path: Path): string {
  const [section, parent] = [path[0], path.at(-1)]
  return examples[`${section}.${key}`] ?? examples[`${parent}.${key}`] ?? examples[key] ?? `"${key}"`
}

function codeOf(issue: Issue): string {
  if (issue.code === 'invalid_type') return issue.expected === 'int' ? 'not-a-whole-number' : 'wrong-type'
  if (issue.code === 'too_small') return issue.origin === 'array' ? 'empty-list' : 'too-small'
  return codes[issue.code] ?? 'wrong-value'
}

const codes: Readonly<Record<string, string>> = {
  invalid_key: 'bad-key',
  invalid_union: 'wrong-type',
  invalid_value: 'unknown-value',
  too_big: 'too-large',
}

function unknownKeys(keys: readonly string[], known: readonly string[], path: Path, root: Entry): Problem[] {
  return keys.map(key => {
    const near = nearest(key, known)
    const fix = near === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean ${show(near)}?`
    const position = (entryAt(root, [...path, key]) ?? root).key
    const text = `${show(key)} is not a known key. ${fix}`
    return {position, path, text, code: 'unknown-key', ...(near === undefined ? {} : {meant: near})}
  })
}

/** YAML took what should be text for something else; an account id may have lost its leading zero on the way. */
function unquoted(source: string, value: unknown, isAccountId: boolean): string {
  if (isAccountId && /^\d{1,11}$/.test(source)) {
    const digits = source.length === 1 ? '1 digit' : `${source.length} digits`
    return `${source} has ${digits}. Account ids have 12; quote it: "${source.padStart(12, '0')}".`
  }
  return `${showBare(source)} is ${kindOf(value)} here, not text. Quote it: ${show(source)}.`
}

/** A word that is none of those known is of the kind of the branch; a mapping or a list is not. */
function isOtherKind(issue: Issue, value: unknown): boolean {
  if (issue.path.length > 0) return false
  return issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof value === 'object')
}

/** What the branches of a union want. */
function kindsOf(branches: readonly (readonly Issue[])[]): string {
  const wanted = branches.flatMap(([issue]) => {
    if (issue?.code === 'invalid_value') return kinds['string'] ?? []
    return issue?.code === 'invalid_type' ? [kinds[issue.expected] ?? ''] : []
  })
  return wanted.join(' or ')
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'boolean') return 'true or false'
  return typeof value === 'string' ? 'text' : 'a number'
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], data)
}
