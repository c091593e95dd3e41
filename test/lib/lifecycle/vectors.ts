import type {LifecycleRule, Selection} from '../../../src/lib/lifecycle/policy.ts'

/**
 * The worked examples of the ECR user guide (lifecycle_policy_examples): what a repository holds, its policy, and what
 * becomes of which image by which rule.
 */
export interface Vector {
  readonly name: string
  readonly images: readonly VectorImage[]
  readonly rules: readonly LifecycleRule[]
  /** The `rulePriority` that acts on an image, by the image's name; the others are kept. */
  readonly acts: Readonly<Record<string, number>>
}

export interface VectorImage {
  readonly name: string
  readonly tags: readonly string[]
  /** Days since the push. */
  readonly age: number
  /** Days since the last pull. */
  readonly pulled?: number
  /** Days since it was archived; absent, it is not. */
  readonly archived?: number
}

const expire = {type: 'expire'} as const
const archive = {type: 'transition', targetStorageClass: 'archive'} as const
const days = 'days' as const

function rule(
  rulePriority: number,
  selection: Selection,
  action: LifecycleRule['action'] = expire,
): LifecycleRule {
  return {rulePriority, selection, action}
}

function tagged(...tagPatternList: string[]) {
  return {tagStatus: 'tagged', tagPatternList} as const
}

function image(name: string, tags: string, age: number, times: Partial<VectorImage> = {}): VectorImage {
  return {name, tags: tags === '' ? [] : tags.split(' '), age, ...times}
}

function newest(countNumber: number) {
  return {countType: 'imageCountMoreThan', countNumber} as const
}

function pushed(countNumber: number) {
  return {countType: 'sinceImagePushed', countUnit: days, countNumber} as const
}

const multipleRules = [
  image('A', 'beta-1 prod-1', 10),
  image('B', 'beta-2 prod-2', 9),
  image('C', 'beta-3', 8),
]

export const vectors: readonly Vector[] = [
  {
    name: 'V1 multiple rules, prod first: what a lower rule marks belongs to the higher',
    images: multipleRules,
    rules: [rule(1, {...tagged('prod*'), ...newest(1)}), rule(2, {...tagged('beta*'), ...newest(1)})],
    acts: {A: 1},
  },
  {
    name: 'V2 multiple rules, beta first',
    images: multipleRules,
    rules: [rule(1, {...tagged('beta*'), ...newest(1)}), rule(2, {...tagged('prod*'), ...newest(1)})],
    acts: {A: 1, B: 1},
  },
  {
    name: 'V3 several patterns by age: all must match',
    images: [
      image('A', 'alpha-1', 12),
      image('B', 'beta-1', 11),
      image('C', 'alpha-2 beta-2', 10),
      image('D', 'alpha-3', 4),
      image('E', 'beta-3', 3),
      image('F', 'alpha-4 beta-4', 2),
    ],
    rules: [rule(1, {...tagged('alpha*', 'beta*'), ...pushed(5)})],
    acts: {C: 1},
  },
  {
    name: 'V4 several patterns by count',
    images: [
      image('A', 'alpha-1 beta-1 gamma-1', 10),
      image('B', 'alpha-2 beta-2', 9),
      image('C', 'alpha-3 beta-3 gamma-2', 8),
    ],
    rules: [rule(1, {...tagged('alpha*', 'beta*'), ...newest(1)})],
    acts: {A: 1, B: 1},
  },
  {
    name: 'V5 all images by count',
    images: [image('A', 'alpha-1', 4), image('B', 'beta-1', 3), image('C', '', 2), image('D', 'alpha-2', 1)],
    rules: [rule(1, {tagStatus: 'any', ...newest(1)})],
    acts: {A: 1, B: 1, C: 1},
  },
  {
    name: 'V6 all images after others: each rule counts what others take',
    images: [
      image('A', 'alpha-1 beta-1', 4),
      image('B', '', 3),
      image('C', 'alpha-2', 2),
      image('D', '0a1b2c3', 1.01),
      image('E', '', 1),
    ],
    rules: [
      rule(1, {...tagged('alpha*'), ...newest(1)}),
      rule(2, {tagStatus: 'untagged', ...pushed(1)}),
      rule(3, {tagStatus: 'any', ...newest(1)}),
    ],
    acts: {A: 1, B: 2, D: 3},
  },
  {
    name: 'V7 by age: more than so many days, not exactly as many',
    images: [
      image('A', 'prod-1', 15),
      image('B', 'prod-2', 14),
      image('C', 'prod-3', 13),
      image('D', 'dev-1', 20),
      image('E', '', 20),
    ],
    rules: [rule(1, {...tagged('prod*'), ...pushed(14)})],
    acts: {A: 1},
  },
  {
    name: 'V8 keep one untagged image',
    images: [image('A', '', 3), image('B', 'v1', 4), image('C', '', 2), image('D', '', 1)],
    rules: [rule(1, {tagStatus: 'untagged', ...newest(1)})],
    acts: {A: 1, C: 1},
  },
  {
    name: 'V9 archive what nobody pulls; never pulled counts from the push',
    images: [
      image('A', 'v1', 200, {pulled: 91}),
      image('B', 'v2', 200, {pulled: 10}),
      image('C', 'v3', 91),
      image('D', '', 89),
      image('E', 'v5', 300, {archived: 100}),
    ],
    rules: [
      rule(1, {tagStatus: 'any', countType: 'sinceImagePulled', countUnit: days, countNumber: 90}, archive),
    ],
    acts: {A: 1, C: 1},
  },
  {
    name: 'V10 archive, then expire: a rule for any image in each storage class',
    images: [
      image('A', 'v1', 31),
      image('B', 'v2', 29),
      image('C', 'v3', 800, {archived: 366}),
      image('D', 'v4', 800, {archived: 364}),
    ],
    rules: [
      rule(1, {tagStatus: 'any', ...pushed(30)}, archive),
      rule(2, {
        tagStatus: 'any',
        storageClass: 'archive',
        countType: 'sinceImageTransitioned',
        countUnit: days,
        countNumber: 365,
      }),
    ],
    acts: {A: 1, C: 2},
  },
  {
    name: 'V11 four wildcards in a pattern, both patterns on one image',
    images: [
      image('A', 'a-test-1-2-3', 3),
      image('B', 'test-1-2-3-4', 2),
      image('C', 'test-1-2', 3),
      image('D', 'test-1-2-3', 3),
    ],
    rules: [rule(1, {...tagged('*test*1*2*3', 'test*1*2*3*'), ...pushed(1)})],
    acts: {D: 1},
  },
]
