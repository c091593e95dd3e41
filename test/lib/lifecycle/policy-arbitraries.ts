import * as fc from 'fast-check'
import type {Action, LifecyclePolicy, LifecycleRule, Selection} from '../../../src/lib/lifecycle/policy.ts'

const number = fc.oneof(fc.integer({min: 1, max: 400}), fc.constant(Number.MAX_SAFE_INTEGER))
const days = {countUnit: fc.constant('days' as const), countNumber: number}
const text = fc.oneof(fc.string({maxLength: 8}), fc.string({unit: 'binary', maxLength: 4}))
const pattern = fc
  .string({unit: fc.constantFrom('a', 'v', '-', '*'), maxLength: 10})
  .filter(made => made.split('*').length <= 5)
const expire: fc.Arbitrary<Action> = fc.constant({type: 'expire'})
const archive: fc.Arbitrary<Action> = fc.constant({type: 'transition', targetStorageClass: 'archive'})

type Tagging = Pick<Selection, 'tagStatus' | 'tagPatternList' | 'tagPrefixList'>
type Counting = Omit<Selection, keyof Tagging>
type Deed = readonly [Counting, Action]

const standard = {storageClass: fc.constant('standard' as const)}
const optional = <T>(model: {[K in keyof T]: fc.Arbitrary<T[K]>}) =>
  fc.record({...model, ...standard}, {requiredKeys: Object.keys(model) as never[]})
const onStandard: fc.Arbitrary<Deed> = fc.oneof(
  fc.tuple(
    optional({countType: fc.constant('imageCountMoreThan' as const), countNumber: number}),
    fc.oneof(expire, archive),
  ),
  fc.tuple(
    optional({countType: fc.constant('sinceImagePushed' as const), ...days}),
    fc.oneof(expire, archive),
  ),
  fc.tuple(optional({countType: fc.constant('sinceImagePulled' as const), ...days}), archive),
) as fc.Arbitrary<Deed>
const onArchive: fc.Arbitrary<Deed> = fc.tuple(
  fc.record({
    countType: fc.constant('sinceImageTransitioned' as const),
    storageClass: fc.constant('archive' as const),
    countUnit: fc.constant('days' as const),
    countNumber: fc.integer({min: 90, max: 4000}),
  }),
  expire,
)

const list = (entry: fc.Arbitrary<string>) => fc.array(entry, {minLength: 1, maxLength: 3})
const setOf = (prefixes: readonly string[]) => JSON.stringify([...new Set(prefixes)].toSorted())

/** The rules of one storage class in the order of their priorities: for tags, for none, for all, the last two at most once. */
function rulesOf(deed: fc.Arbitrary<Deed>): fc.Arbitrary<readonly (readonly [Tagging, Deed])[]> {
  const one = (tagging: fc.Arbitrary<Tagging>) => fc.tuple(tagging, deed)
  const patterns = fc.array(
    one(fc.record({tagStatus: fc.constant('tagged' as const), tagPatternList: list(pattern)})),
    {maxLength: 3},
  )
  const prefixes = fc.uniqueArray(
    one(fc.record({tagStatus: fc.constant('tagged' as const), tagPrefixList: list(text)})),
    {maxLength: 3, selector: ([{tagPrefixList}]) => setOf(tagPrefixList ?? [])},
  )
  const upToOne = (tagStatus: 'untagged' | 'any') => fc.array(one(fc.constant({tagStatus})), {maxLength: 1})
  const others = fc
    .tuple(patterns, prefixes, upToOne('untagged'))
    .chain(made => fc.shuffledSubarray(made.flat(), {minLength: made.flat().length}))
  return fc.tuple(others, upToOne('any')).map(made => made.flat())
}

/** Policies of the whole grammar, all of them right; rules in any order. */
export const policies: fc.Arbitrary<LifecyclePolicy> = fc
  .tuple(
    rulesOf(onStandard),
    rulesOf(onArchive),
    fc.infiniteStream(fc.integer({min: 1, max: 9})),
    fc.infiniteStream(fc.option(text, {nil: undefined})),
  )
  .filter(([one, other]) => one.length + other.length > 0)
  .map(([one, other, steps, descriptions]) => {
    let rulePriority = 0
    return [...one, ...other].map(([tagging, [counting, action]]): LifecycleRule => {
      rulePriority += steps.next().value ?? 1
      const description = descriptions.next().value
      return {
        rulePriority,
        ...(description === undefined ? {} : {description}),
        selection: {...tagging, ...counting},
        action,
      }
    })
  })
  .chain(rules => fc.shuffledSubarray(rules, {minLength: rules.length}))
  .map(rules => ({rules}))

const words =
  'any tagged untagged ANY days hours standard archive glacier expire transition null 1 imageCountMoreThan ' +
  'sinceImagePushed sinceImagePulled sinceImageTransitioned'
const others = [null, '', 0, 1, 2, 89, 90, -1, 1.5, 1e300, true, [], {}, ['a'], ['a*b*c*d*e*f'], [null], [1]]
const values = fc.constantFrom<unknown>(...others, ...words.split(' '))

/** The members of each part of a policy, and one that it does not have. */
const members: Readonly<Record<string, readonly string[]>> = {
  policy: ['rules', 'x'],
  rule: ['rulePriority', 'rulePriority', 'description', 'selection', 'action', 'x'],
  selection:
    'tagStatus tagPatternList tagPrefixList storageClass countType countUnit countNumber tagstatus'.split(
      ' ',
    ),
  action: ['type', 'targetStorageClass', 'x'],
}

/** A change of one value somewhere in a policy: set, added, or taken out. */
export const mutations: fc.Arbitrary<(policy: LifecyclePolicy) => unknown> = fc
  .record({
    where: fc.nat(1000),
    part: fc.constantFrom('policy', 'rule', 'selection', 'selection', 'selection', 'action'),
    which: fc.nat(1000),
    value: values,
    removes: fc.integer({min: 0, max: 4}).map(n => n === 0),
  })
  .map(({where, part, which, value, removes}) => policy => {
    const copy = structuredClone(policy) as unknown as {rules: Record<string, Record<string, unknown>>[]}
    const rule = copy.rules[where % copy.rules.length] ?? {}
    const target: Record<string, unknown> =
      (part === 'policy' ? copy : part === 'rule' ? rule : rule[part]) ?? {}
    const names = members[part] ?? []
    const name = names[which % names.length] ?? ''
    if (removes) delete target[name]
    else target[name] = value
    return copy
  })
