import {describe, expect, test} from 'vitest'
import type {PolicySetting} from '../../../../src/lib/config/settings.ts'
import {diffPolicies} from '../../../../src/lib/repos/iam/diff.ts'
import {desiredPolicy, exportPolicy} from '../../../../src/lib/repos/iam/policy.ts'

const pull = {
  Sid: 'OrgPull',
  Effect: 'Allow',
  Principal: '*',
  Action: ['ecr:GetDownloadUrlForLayer'],
  Condition: {StringEquals: {'aws:PrincipalOrgID': 'o-a1b2c3d4e5'}},
}
/** As the Lambda service adds it. */
const lambda = {
  Sid: 'LambdaECRImageRetrievalPolicy',
  Effect: 'Allow',
  Principal: {Service: 'lambda.amazonaws.com'},
  Action: ['ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage', 'ecr:DescribeImages'],
}
const nameless = {Effect: 'Deny', Principal: '*', Action: 'ecr:DeleteRepository'}

function textOf(...statements: readonly object[]): string {
  return JSON.stringify({Version: '2008-10-17', Statement: statements}, null, 2)
}

/** Statements of the policy that a setting makes of another one; null for no policy. */
function made(setting: PolicySetting | null, live: string | null): unknown {
  const {state} = desiredPolicy(setting, live)
  return state === null ? null : (JSON.parse(state) as {Statement: unknown}).Statement
}

function linesOf(before: string | null, after: string | null): string[] {
  return diffPolicies(before, after).map(({sign, path, before, after}) =>
    [path, sign, JSON.stringify(sign === '-' ? before : after)].join(' '),
  )
}

describe('what a policy is to be', () => {
  test('where there is none, is what the file says, as it says it', () => {
    expect(desiredPolicy({statements: [lambda]}, null).state).toBe(
      JSON.stringify({Version: '2012-10-17', Statement: [lambda]}),
    )
    expect(desiredPolicy({statements: [lambda], version: '2008-10-17', id: 'one'}, null).state).toBe(
      JSON.stringify({Version: '2008-10-17', Id: 'one', Statement: [lambda]}),
    )
  })

  test('is the same with and without a condition that compares nothing, and only with that', () => {
    const {Condition, ...open} = pull
    for (const nothing of [{}, {StringEquals: {}}]) {
      expect(diffPolicies(textOf({...open, Condition: nothing}), textOf(open))).toEqual([])
      expect(exportPolicy(textOf({...open, Condition: nothing})).statements?.[0]).not.toHaveProperty(
        'Condition',
      )
      expect(diffPolicies(textOf({...open, Condition: nothing}), textOf(pull))).toHaveLength(1)
    }
    const more = {...open, Condition: {...Condition, Bool: {}}}
    expect(diffPolicies(textOf(more), textOf(pull))).toEqual([])
    expect(diffPolicies(textOf({...open, Condition: {Bool: {a: []}}}), textOf(open))).not.toEqual([])
  })

  test('is doubtful where it has variables and the policy that is there is of the old version', () => {
    const own = {...pull, Condition: {StringEquals: {'aws:PrincipalTag/team': '${aws:ResourceTag/team}'}}}
    const live = textOf(lambda)
    const notes = [expect.stringContaining('variables of IAM are plain text')]
    expect(desiredPolicy({statements: [own]}, live).notes).toEqual(notes)
    expect(desiredPolicy({statements: [own]}, JSON.stringify({Statement: [own]})).notes).toEqual(notes)
    expect(desiredPolicy({statements: [own]}, null).notes).toEqual([])
    expect(desiredPolicy({statements: [own], version: '2012-10-17'}, live).notes).toEqual([])
    expect(desiredPolicy({statements: [pull]}, live).notes).toEqual([])
  })

  test('has a statement without a Sid once, however many levels say it', () => {
    const again = {...nameless, Action: ['ECR:deleterepository']}
    expect(made({statements: [nameless, pull, again]}, null)).toEqual([nameless, pull])
    const live = textOf(nameless)
    expect(desiredPolicy({statements: [nameless, again], exclusive: true}, live).state).toBe(live)
  })

  test('keeps statements of others as they wrote them, in their place', () => {
    const wanted = {...pull, Action: 'ecr:BatchGetImage'}
    const added = {...pull, Sid: 'More'}
    expect(made({statements: [added, wanted]}, textOf(nameless, pull, lambda))).toEqual([
      nameless,
      wanted,
      lambda,
      added,
    ])
    const {foreign} = desiredPolicy({statements: [wanted]}, textOf(nameless, pull, lambda))
    expect(foreign).toEqual([
      'without a Sid: Deny * ecr:DeleteRepository',
      'LambdaECRImageRetrievalPolicy: Allow lambda.amazonaws.com ecr:BatchGetImage, ecr:DescribeImages, ecr:GetDownloadUrlForLayer',
    ])
  })

  test('keeps Id, Version and what this version does not know, of the policy and of statements', () => {
    const strange = {...lambda, Until: {Year: 2031}}
    const live = JSON.stringify({Id: 'one', Labels: ['a'], Statement: [strange]})
    expect(JSON.parse(desiredPolicy({statements: [pull]}, live).state ?? '')).toEqual({
      Id: 'one',
      Labels: ['a'],
      Statement: [strange, pull],
    })
    expect(exportPolicy(live)).toEqual({id: 'one', statements: []})
  })

  test('is the text that is there when that means the same', () => {
    const live = textOf({...pull, Principal: {AWS: ['*']}, Action: 'ecr:getdownloadurlforlayer'}, lambda)
    expect(desiredPolicy({statements: [pull], version: '2008-10-17'}, live).state).toBe(live)
    const older = JSON.stringify({Statement: pull})
    expect(desiredPolicy({statements: [pull], version: '2008-10-17'}, older).state).toBe(older)
  })

  test('has nothing of others when it is exclusive', () => {
    const wanted = desiredPolicy({statements: [pull], exclusive: true}, textOf(lambda, pull, nameless))
    expect(JSON.parse(wanted.state ?? '')).toMatchObject({Statement: [pull]})
    expect(wanted.foreign).toEqual([])
  })

  test('loses the statements of a Sid that is absent, and is none without any', () => {
    const absent = {Sid: 'OrgPull', state: 'absent'}
    expect(made({statements: [absent]}, textOf(pull, lambda, {...pull, Effect: 'Deny'}))).toEqual([lambda])
    expect(made({statements: [absent]}, textOf(pull))).toBeNull()
    expect(made({statements: [absent]}, null)).toBeNull()
    expect(made({statements: [absent]}, textOf(nameless, lambda))).toEqual([nameless, lambda])
  })

  test('is nothing for null', () => {
    expect(made(null, textOf(lambda))).toBeNull()
  })

  test('tells several statements of one Sid apart: what means the same stays, then the next one changes', () => {
    const [first, second] = [pull, {...pull, Effect: 'Deny'}]
    const other = {...second, Principal: {AWS: '222222222222'}}
    expect(made({statements: [second]}, textOf(first, second))).toEqual([first, second])
    expect(made({statements: [first, other]}, textOf(first, second))).toEqual([first, other])
    expect(made({statements: [other]}, textOf(first, second))).toEqual([other, second])
    expect(made({statements: [first, second, other]}, textOf(first, second))).toEqual([first, second, other])
  })

  test('gets a statement without a Sid beside the one that it was before, and says so', () => {
    const changed = {...nameless, Action: ['ecr:DeleteRepository', 'ecr:DeleteRepositoryPolicy']}
    const wanted = desiredPolicy({statements: [changed]}, textOf(nameless))
    expect(JSON.parse(wanted.state ?? '')).toMatchObject({Statement: [nameless, changed]})
    expect(wanted.notes).toEqual([expect.stringContaining('Give statements Sids.')])
    expect(desiredPolicy({statements: [nameless]}, textOf(nameless, lambda)).notes).toEqual([])
  })

  test('keeps what IAM made of deleted identities, and shows it', () => {
    const dead = {...lambda, Sid: 'Old', Principal: {AWS: ['AROAEXAMPLEID12345678', '222222222222']}}
    const wanted = desiredPolicy({statements: [pull]}, textOf(dead))
    expect(JSON.parse(wanted.state ?? '')).toMatchObject({Statement: [dead, pull]})
    expect(wanted.notes).toEqual([
      'statements.Old: AROAEXAMPLEID12345678 is what IAM makes of a user or role that was deleted. It stays; nobody can act as it.',
    ])
  })

  test('is blocked when ECR would not take so many characters, and not when it has them already', () => {
    const [most, wanted] = [10_240, (Sid: string) => ({...pull, Sid})]
    const length = JSON.stringify({Version: '2012-10-17', Statement: [wanted('')]}).length
    const fitting = {statements: [wanted('x'.repeat(most - length))]}
    expect(desiredPolicy(fitting, null).blocked).toBeUndefined()
    expect(desiredPolicy(fitting, null).state).toHaveLength(most)
    const over = {statements: [wanted('x'.repeat(most - length + 1))]}
    expect(desiredPolicy(over, null).blocked).toMatch(
      /^The policy would have 10,241 characters, and ECR takes 10,240\./,
    )
    const live = desiredPolicy(over, null).state
    expect(desiredPolicy(over, live)).toMatchObject({state: live})
    expect(desiredPolicy(over, live).blocked).toBeUndefined()
  })
})

describe('what changes is told', () => {
  test('by the Sid of the statement, the member and the value', () => {
    const after = {
      ...pull,
      Action: ['ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      Condition: {StringEquals: {'aws:PrincipalOrgID': ['o-a1b2c3d4e5', 'o-zzzzzzzzzz']}},
    }
    expect(linesOf(textOf(pull, lambda), textOf(lambda, after))).toEqual([
      'statements.OrgPull.Action + "ecr:BatchGetImage"',
      'statements.OrgPull.Condition.StringEquals."aws:PrincipalOrgID" + "o-zzzzzzzzzz"',
    ])
    expect(
      linesOf(textOf(after), textOf({...pull, Effect: 'Deny', NotAction: pull.Action, Action: []})),
    ).toEqual([
      'statements.OrgPull.Effect ~ "Deny"',
      'statements.OrgPull.Action - "ecr:BatchGetImage"',
      'statements.OrgPull.Action - "ecr:GetDownloadUrlForLayer"',
      'statements.OrgPull.Condition.StringEquals."aws:PrincipalOrgID" - "o-zzzzzzzzzz"',
      'statements.OrgPull.NotAction + "ecr:GetDownloadUrlForLayer"',
    ])
  })

  test('as whole statements where they come and go, the second of a Sid and those without one too', () => {
    const second = {...pull, Effect: 'Deny'}
    expect(linesOf(textOf(pull, second, nameless), textOf(pull)).map(line => line.split(' {')[0])).toEqual([
      'statements.OrgPull[1] -',
      'statements[2] -',
    ])
    expect(linesOf(textOf(pull), textOf(pull, nameless))).toEqual([
      'statements[1] + {"Effect":"Deny","Principal":{"AWS":["*"]},"Action":["ecr:DeleteRepository"]}',
    ])
  })

  test('of a policy that is removed: every statement', () => {
    const lines = linesOf(textOf(pull, lambda, nameless), null)
    expect(lines.map(line => line.split(' {')[0])).toEqual([
      'statements.OrgPull -',
      'statements.LambdaECRImageRetrievalPolicy -',
      'statements[2] -',
    ])
  })

  test('of the version, which an old policy need not have', () => {
    const old = JSON.stringify({Statement: [pull]})
    expect(linesOf(old, textOf(pull))).toEqual([])
    expect(linesOf(old, JSON.stringify({Version: '2012-10-17', Statement: [pull]}))).toEqual([
      'version ~ "2012-10-17"',
    ])
  })
})
