import {describe, expect, test} from 'vitest'
import {ConfigError} from '../../../src/lib/config/problems.ts'
import type {LifecyclePolicy} from '../../../src/lib/lifecycle/policy.ts'
import {readPolicyFile} from '../../../src/lib/lifecycle/policy-file.ts'
import {parsePolicy} from '../../../src/lib/lifecycle/read-policy.ts'

function compile(text: string): LifecyclePolicy {
  return readPolicyFile(text, 'policy.yaml')
}

/** Each rule on a line: priority, what it selects, its measure, what it does. */
function linesOf(text: string): readonly string[] {
  return compile(text).rules.map(({rulePriority, selection, action}) => {
    const {
      tagStatus,
      tagPatternList = [],
      storageClass = '',
      countType,
      countUnit = '',
      countNumber,
    } = selection
    const words = [
      rulePriority,
      storageClass,
      tagStatus,
      ...tagPatternList,
      countType,
      countNumber,
      countUnit,
    ]
    return [...words, action.type].filter(word => word !== '').join(' ')
  })
}

function faultsOf(text: string): readonly string[] {
  try {
    compile(text)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return [error.message, ...error.hints]
  }
  return []
}

const never = 'imageCountMoreThan 999999 expire'
const neverArchived = 'sinceImageTransitioned 36500 days expire'

describe('readable rules become rules of ECR', () => {
  test('keep: rules that select and never fire; a list of any is a rule for each, a list of all is one', () => {
    expect(
      linesOf('keep: [{tags: "v*"}, {anyOf: [staging, qa]}, {allOf: ["rc-*", prod]}, {untagged: true}]'),
    ).toEqual([
      `10 tagged v* ${never}`,
      `20 tagged staging ${never}`,
      `30 tagged qa ${never}`,
      `40 tagged rc-* prod ${never}`,
      `50 untagged ${never}`,
    ])
  })

  test('expire: by age, by count for each pattern, untagged; any image last, wherever it was written', () => {
    const text = `expire:
      - {any: true, keepLast: 500}
      - {tags: "pr-*", olderThan: 14d}
      - {anyOf: ["dev-*", "feat-*"], keepLast: 20}
      - {untagged: true, olderThan: 2w}`
    expect(linesOf(text)).toEqual([
      '10 tagged pr-* sinceImagePushed 14 days expire',
      '20 tagged dev-* imageCountMoreThan 20 expire',
      '30 tagged feat-* imageCountMoreThan 20 expire',
      '40 untagged sinceImagePushed 14 days expire',
      '50 any imageCountMoreThan 500 expire',
    ])
  })

  test('archive comes after expire, and what expires in the archive last', () => {
    const text = `archive:
      - {any: true, notPulledFor: 180d, thenExpireAfter: 26w}
      - {tags: "old-*", olderThan: 90d}
      - {tags: "rc-*", keepLast: 3, thenExpireAfter: 90d}
expire: [{tags: "pr-*", olderThan: 1d}]`
    expect(linesOf(text)).toEqual([
      '10 tagged pr-* sinceImagePushed 1 days expire',
      '20 tagged old-* sinceImagePushed 90 days transition',
      '30 tagged rc-* imageCountMoreThan 3 transition',
      '40 any sinceImagePulled 180 days transition',
      '50 archive tagged rc-* sinceImageTransitioned 90 days expire',
      '60 archive any sinceImageTransitioned 182 days expire',
    ])
  })

  test('what is kept and what is excepted is kept in the archive too, where something expires there', () => {
    const text = `keep: [{tags: "v*"}, {untagged: true}]
archive: [{any: true, except: [latest], olderThan: 30d, thenExpireAfter: 90d}]`
    expect(linesOf(text)).toEqual([
      `10 tagged v* ${never}`,
      `20 untagged ${never}`,
      `30 tagged latest ${never}`,
      '40 any sinceImagePushed 30 days transition',
      `50 archive tagged v* ${neverArchived}`,
      `60 archive untagged ${neverArchived}`,
      `70 archive tagged latest ${neverArchived}`,
      '80 archive any sinceImageTransitioned 90 days expire',
    ])
  })

  test('what is excepted is kept by a rule before, which selects no more than that', () => {
    expect(linesOf('expire: [{tags: "pr-*", except: [hold, "pr-keep*"], olderThan: 14d}]')).toEqual([
      `10 tagged pr-* hold ${never}`,
      `20 tagged pr-keep* ${never}`,
      '30 tagged pr-* sinceImagePushed 14 days expire',
    ])
  })

  test('what keep names already needs no rule for except', () => {
    expect(
      linesOf('keep: [{tags: "v*"}]\nexpire: [{any: true, except: ["v1*", "v*"], keepLast: 5}]'),
    ).toEqual([`10 tagged v* ${never}`, '20 any imageCountMoreThan 5 expire'])
  })

  test('an id is the description; without one it is made, and where a rule becomes several each says which', () => {
    const text = `keep: [{tags: "v*", id: releases}, {tags: prod}]
expire: [{anyOf: ["a*", "b*"], id: branches, keepLast: 2}, {tags: "pr-*", olderThan: 14d}]
archive: [{any: true, id: cold, except: [x], notPulledFor: 180d, thenExpireAfter: 90d}]`
    expect(compile(text).rules.map(({description}) => description)).toEqual([
      'releases',
      'keep prod',
      'branches: expire all but the newest 2 images with a tag a*',
      'branches: expire all but the newest 2 images with a tag b*',
      'expire images with a tag pr-* pushed more than 14 days ago',
      'cold: except x',
      'cold',
      'releases: keep v* in the archive',
      'keep prod in the archive',
      'cold: except x in the archive',
      'cold: expire images archived more than 90 days ago',
    ])
  })

  test("the result is a policy to the reader of ECR's own grammar", () => {
    const policy = compile(`keep: [{tags: "v*"}, {allOf: [a, "b*"]}]
expire: [{untagged: true, olderThan: 1d}, {tags: "pr-*", except: [c], keepLast: 3}]
archive: [{any: true, except: [c], notPulledFor: 30d, thenExpireAfter: 90d}]`)
    expect(parsePolicy(JSON.stringify(policy), 'policy.json')).toEqual(policy)
  })
})

describe('what ECR cannot have is refused where it was written, with what can be had', () => {
  test.each([
    [
      'two rules for any image',
      'expire:\n  - {any: true, keepLast: 5}\narchive:\n  - {any: true, notPulledFor: 180d}',
      'policy.yaml:4:5 selects any images, as the rule in line 2 does, and ECR takes one such rule in a storage class. Keep one of the two; to archive and later expire, write thenExpireAfter: 90d under archive.',
    ],
    [
      'two rules for untagged images',
      'expire:\n  - {untagged: true, keepLast: 5}\n  - {untagged: true, olderThan: 3d}',
      'policy.yaml:3:5 selects untagged images, as the rule in line 2 does, and ECR takes one such rule in a storage class. Keep one of the two.',
    ],
    [
      'two rules for the same tags',
      'expire:\n  - {allOf: [a, b], keepLast: 5}\n  - {allOf: [b, a], olderThan: 3d}',
      'policy.yaml:3:5 selects images with "b" and "a", as the rule in line 2 does, which has the say. Keep one of the two.',
    ],
    [
      'a rule for what is kept',
      'keep:\n  - {tags: "v*"}\nexpire:\n  - {tags: "v*", keepLast: 5}',
      'policy.yaml:4:5 would never act: the rule in line 2 keeps images with "v*". Take one of the two out, or narrow the patterns.',
    ],
    [
      'a later rule for any image that does not except what an earlier one does',
      'expire:\n  - {tags: "pr-*", except: ["pr-keep*"], olderThan: 14d}\n  - {any: true, keepLast: 500}',
      'policy.yaml:3:5 would act on what the rule in line 2 excepts with "pr-keep*", and in ECR what one rule spares no later rule takes. Add except: ["pr-keep*"] here too, or name it under keep.',
    ],
    [
      'a later rule whose pattern meets an excepted one',
      'expire:\n  - {tags: "pr-*", except: ["*-hold"], olderThan: 14d}\n  - {tags: "*-1", keepLast: 500}',
      'policy.yaml:3:5 would act on what the rule in line 2 excepts with "*-hold", and in ECR what one rule spares no later rule takes. Add except: ["*-hold"] here too, or name it under keep.',
    ],
    [
      'a rule that excepts all that it selects',
      'expire:\n  - {tags: "pr-*", except: ["pr*"], olderThan: 14d}',
      'policy.yaml:2:5 excepts all that it selects: every tag "pr-*" matches "pr*". Narrow except.',
    ],
    [
      'more than 50 rules',
      `keep:\n  - {tags: prod}\nexpire:\n  - {anyOf: [${Array.from({length: 50}, (_, n) => `b${n}-*`).join(', ')}], keepLast: 3}`,
      'policy.yaml:1:1 compiles to 51 rules, and ECR takes 50. Most come from line 4 (50), line 2 (1): name fewer patterns there.',
    ],
  ])('%s', (_, text, fault) => {
    expect(faultsOf(text)).toEqual([fault])
  })

  test('more characters than ECR takes', () => {
    const patterns = (n: number) => ['v', 'w', 'x', 'y', 'z'].map(letter => `"${letter.repeat(120)}${n}*"`)
    const rules = Array.from(
      {length: 48},
      (_, n) => `  - {allOf: [${patterns(n).join(', ')}], olderThan: 14d}`,
    )
    expect(faultsOf(`expire:\n${rules.join('\n')}`)).toEqual([
      expect.stringMatching(
        /^policy\.yaml:1:1 compiles to \d{5} characters, and ECR takes 30720\. Most rules come from line 2 \(1\), /,
      ),
    ])
  })

  test('two faults are shown at once', () => {
    const text =
      'keep:\n  - {tags: a}\nexpire:\n  - {tags: a, keepLast: 5}\n  - {any: true, keepLast: 5}\narchive:\n  - {any: true, keepLast: 5}'
    expect(faultsOf(text)).toHaveLength(2)
  })

  test('an except that the later rule has too, or that cannot meet its pattern, is no conflict', () => {
    expect(
      faultsOf(`expire:
  - {tags: "pr-*", except: ["pr-keep*"], olderThan: 14d}
  - {tags: "dev-*", keepLast: 5}
  - {untagged: true, olderThan: 14d}
  - {any: true, keepLast: 500, except: ["pr-k*"]}`),
    ).toEqual([])
  })
})

describe('a policy file', () => {
  test("may hold ECR's own rules, JSON or YAML", () => {
    const rules = [
      {
        rulePriority: 7,
        selection: {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 3},
        action: {type: 'expire'},
      },
    ]
    expect(compile(JSON.stringify({rules}))).toEqual({rules})
    expect(
      compile(
        'rules:\n  - {rulePriority: 7, selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 3}, action: {type: expire}}',
      ),
    ).toEqual({rules})
  })

  test('with both is told so', () => {
    expect(faultsOf('keep: [{tags: a}]\nrules: []')).toContainEqual(
      expect.stringContaining(
        "policy.yaml:2:1 rules: stands beside keep: rules in ECR's own grammar are a whole policy.",
      ),
    )
  })

  test('that is something else is refused', () => {
    expect(faultsOf('')).not.toEqual([])
    expect(faultsOf('[]')).not.toEqual([])
    expect(faultsOf('kep: [{tags: a}]')).not.toEqual([])
    expect(faultsOf('keep: [')).not.toEqual([])
  })
})
