/** Policies to compare: the same one written otherwise, and every one that differs from it in a single value. */
import {existsSync, readFileSync} from 'node:fs'
import fc from 'fast-check'

type Value = string | number | boolean | null | readonly Value[] | {readonly [key: string]: Value}
export type Policy = {readonly [key: string]: Value}

/** Of the kinds that people write. */
export const samples: readonly Policy[] = [
  {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Pull',
        Effect: 'Allow',
        Principal: {
          AWS: ['arn:aws:iam::111111111111:root', '222222222222', 'arn:aws:iam::333333333333:role/ci'],
        },
        Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      },
      {
        Sid: 'Lambda',
        Effect: 'Allow',
        Principal: {Service: 'lambda.amazonaws.com'},
        Action: 'ecr:BatchGetImage',
        Condition: {StringLike: {'aws:SourceArn': ['arn:aws:lambda:*:111111111111:function:*']}},
      },
      {
        Effect: 'Deny',
        Principal: '*',
        NotAction: 'ecr:Describe*',
        Condition: {Bool: {'aws:SecureTransport': false}, NumericLessThan: {'aws:MultiFactorAuthAge': 60}},
      },
      {Sid: 'Pull', Effect: 'Deny', NotPrincipal: {AWS: '222222222222'}, Action: ['ecr:*', 'ecr:PutImage']},
    ],
  },
  {
    Id: 'registry',
    Statement: {
      Sid: 'Replicate',
      Effect: 'Allow',
      Principal: {AWS: '111111111111'},
      Action: 'ecr:ReplicateImage',
      Resource: ['arn:aws:ecr:eu-west-1:222222222222:repository/*'],
    },
  },
]

const collection = new URL('../../../../../shared/data/repository-policies.json', import.meta.url)
export const hasRealPolicies = existsSync(collection)

/** Found in public repositories, or recorded from AWS. */
export function realPolicies(): readonly Policy[] {
  const {policies} = JSON.parse(readFileSync(collection, 'utf8')) as {policies: {policy: Policy}[]}
  return policies.map(({policy}) => policy)
}

/** What decides how a policy is written: the next of endless choices, each from 0 up to below 1. */
export type Choices = () => number

export const choices: fc.Arbitrary<Choices> = fc
  .infiniteStream(fc.double({min: 0, max: 0.999, noNaN: true}))
  .map(stream => () => stream.next().value as number)

/** The same policy, written otherwise. */
export function rewritten(policy: Policy, choose: Choices): string {
  const version = policy['Version'] ?? '2008-10-17'
  const {Version: _, Statement, ...rest} = policy
  const statements = [Statement ?? []].flat() as readonly Policy[]
  const made = shuffled(
    statements.map(each => rewrittenStatement(each, choose)),
    choose,
  )
  const isPlain = version === '2008-10-17' && choose() < 0.5
  const [only] = made
  return JSON.stringify(
    inAnyOrder(
      {
        ...rest,
        ...(isPlain ? {} : {Version: version}),
        Statement: made.length === 1 && only && choose() < 0.5 ? only : made,
      },
      choose,
    ),
    null,
    choose() < 0.5 ? 2 : 0,
  )
}

const setMembers = new Set(['Action', 'NotAction', 'Resource', 'NotResource'])

function rewrittenStatement(statement: Policy, choose: Choices): Policy {
  const members = Object.entries(statement).map(([name, value]) => {
    if (setMembers.has(name))
      return [name, otherSet(value, choose, name.endsWith('Action') ? otherCase : same)]
    if (name.endsWith('Principal')) return [name, otherPrincipal(value, choose)]
    if (name !== 'Condition') return [name, value]
    const operators = Object.entries(value as Policy).map(([operator, keys]) => [
      operator,
      inAnyOrder(
        mapValues(keys as Policy, values => otherSet(values, choose, otherType)),
        choose,
      ),
    ])
    return [name, inAnyOrder(Object.fromEntries(operators), choose)]
  })
  return inAnyOrder(Object.fromEntries(members), choose)
}

function otherPrincipal(value: Value, choose: Choices): Value {
  if (value === '*') return choose() < 0.5 ? value : {AWS: otherSet('*', choose, same)}
  const {AWS} = value as Policy
  if (AWS === '*' && choose() < 0.5) return '*'
  return inAnyOrder(
    Object.fromEntries(
      Object.entries(value as Policy).map(([type, names]) => [
        type,
        otherSet(names, choose, type === 'AWS' ? otherRoot : same),
      ]),
    ),
    choose,
  )
}

function otherSet(value: Value, choose: Choices, write: (text: Value, choose: Choices) => Value): Value {
  const values = [value].flat() as readonly Value[]
  const repeated = choose() < 0.2 ? [...values, ...values.slice(0, 1)] : values
  const made = shuffled(
    repeated.map(each => write(each, choose)),
    choose,
  )
  const [only] = made
  return made.length === 1 && only !== undefined && choose() < 0.5 ? only : made
}

const same = (value: Value) => value

function otherCase(value: Value, choose: Choices): Value {
  const text = textOf(value)
  return choose() < 0.3 ? text.toLowerCase() : choose() < 0.3 ? text.toUpperCase() : text
}

function otherType(value: Value, choose: Choices): Value {
  if (typeof value !== 'string') return choose() < 0.5 ? textOf(value) : value
  return choose() < 0.5 && ['true', 'false'].includes(value) ? value === 'true' : value
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function otherRoot(value: Value, choose: Choices): Value {
  const id = /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/.exec(textOf(value))?.[1]
  if (id === undefined) return value
  return choose() < 0.5 ? id : `arn:aws:iam::${id}:root`
}

function mapValues(members: Policy, form: (value: Value) => Value): Policy {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, form(value)]))
}

function inAnyOrder(members: Policy, choose: Choices): Policy {
  return Object.fromEntries(shuffled(Object.entries(members), choose))
}

function shuffled<Item>(items: readonly Item[], choose: Choices): Item[] {
  return items
    .map(item => [choose(), item] as const)
    .toSorted(([one], [other]) => one - other)
    .map(([, item]) => item)
}

/** Every policy that differs in one value: a text changed, an entry or a member taken out or put in. */
export function* changedOnce(policy: Policy): Generator<Policy> {
  for (const changed of changes(policy)) yield changed as Policy
}

function* changes(value: Value, name = ''): Generator<Value> {
  if (typeof value === 'boolean') yield !value
  else if (typeof value === 'number') yield value + 1
  else if (typeof value === 'string') yield* otherTexts(value, name)
  else if (Array.isArray(value)) yield* changedLists(value, name)
  else if (value !== null) yield* changedMembers(value as Policy, name)
}

function* otherTexts(value: string, name: string): Generator<Value> {
  if (name === 'Effect') yield value === 'Allow' ? 'Deny' : 'Allow'
  else if (name === 'Version') yield value === '2012-10-17' ? '2008-10-17' : '2012-10-17'
  else if (name.endsWith('Principal')) yield {AWS: '999999999999'}
  else {
    yield `${value}x`
    yield value.slice(1)
    if (!name.endsWith('Action')) yield value.toUpperCase() === value ? `${value}*` : value.toUpperCase()
  }
}

function* changedLists(values: readonly Value[], name: string): Generator<Value> {
  for (const [index, value] of values.entries()) {
    for (const changed of changes(value, name)) yield values.with(index, changed)
    yield values.toSpliced(index, 1)
  }
  if (values.every(each => typeof each === 'string')) yield [...values, 'ecr:another']
}

/** Members that nothing may be taken out of without leaving the grammar. */
const needed = new Set(['Effect', 'Statement'])

/** What is within a member that is a mapping itself. */
const within: Readonly<Record<string, string>> = {
  Principal: 'values',
  NotPrincipal: 'values',
  Condition: 'operator',
  operator: 'values',
}

function* changedMembers(members: Policy, name: string): Generator<Value> {
  for (const [key, value] of Object.entries(members)) {
    for (const changed of changes(value, within[name] ?? key)) yield {...members, [key]: changed}
    const {[key]: _, ...others} = members
    // Without a version it has the older one.
    if (!needed.has(key) && !(key === 'Version' && value === '2008-10-17')) yield others
  }
  yield {...members, Unknown: name === 'Condition' ? {'aws:Unknown': 'value'} : ['of a later version']}
}
