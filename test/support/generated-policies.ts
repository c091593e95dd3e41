/** Policies of IAM's grammar and tags of AWS, with texts that are easily mistaken, made by fast-check. */
import * as fc from 'fast-check'

export const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, {nil: undefined})
const oneOrList = <T>(item: fc.Arbitrary<T>) =>
  fc.oneof(item, fc.uniqueArray(item, {minLength: 1, maxLength: 3}))

/** Texts that ECR takes as tags, and YAML for something else unless they are quoted. */
const lookalikes =
  'no|Yes|null|true|1.0|+1|-|- x|=|@ref|::x|12:30:45|2001-12-14|0x10|1e3|.inf|.|ünï çødé| lead|trail |a: b|a :b|/|=='
const tagText = fc.oneof(
  fc.constantFrom(...lookalikes.split('|'), 'x\u2028y', '\u3000'),
  fc.string({unit: fc.constantFrom(...'a|Z|0| |_|.|:|/|=|+|-|@|é'.split('|')), minLength: 1, maxLength: 12}),
)
export const tagKeys = fc.oneof(
  fc.constantFrom('team', 'env', 'toString', 'a.b', 'on', '1'),
  tagText.filter(text => !text.toLowerCase().startsWith('aws:')),
)
export const tagValues = fc.oneof(tagText, fc.constant(''))

const accountIds = fc.constantFrom('111111111111', '222222222222', '333333333333')
const principals = fc.oneof(
  fc.constant('*'),
  fc.record({
    AWS: oneOrList(
      fc.oneof(
        accountIds,
        accountIds.map(id => `arn:aws:iam::${id}:root`),
        accountIds.map(id => `arn:aws:iam::${id}:role/ci`),
      ),
    ),
  }),
  fc.record({Service: oneOrList(fc.constantFrom('lambda.amazonaws.com', 'codebuild.amazonaws.com'))}),
)
const actions = oneOrList(
  fc.constantFrom(
    'ecr:BatchGetImage',
    'ecr:GetDownloadUrlForLayer',
    'ECR:batchGetImage',
    'ecr:Batch*',
    'ecr:*',
  ),
)
const conditionTexts = fc.constantFrom(
  ...'o-a1b2 ${org} $${org} ${aws:username} $ # null 12 * { " \' \\ ##[x ::set % !x &x - a:'.split(' '),
  ...'\n|\u0007|\u202e|- a|a: b| |x #y'.split('|'),
)
const conditions = fc.record({
  StringEquals: fc.dictionary(
    fc.constantFrom('aws:PrincipalOrgID', 'aws:SourceArn', 'aws:PrincipalTag/${x}'),
    fc.oneof(oneOrList(conditionTexts), fc.boolean(), fc.integer({min: 0, max: 99})),
    {minKeys: 1, maxKeys: 2},
  ),
})

/** The sandbox holds every request to policies, and those of an export and a plan must get through. */
const harmless = oneOrList(fc.constantFrom('ecr:PutImage', 'ecr:ListImages', 'ECR:putimage'))
const granted = fc.oneof(
  fc.record({Effect: fc.constant('Deny'), Principal: principals, Action: harmless}),
  fc
    .record({
      principal: fc.tuple(fc.constantFrom('Principal', 'NotPrincipal'), principals),
      action: fc.tuple(fc.constantFrom('Action', 'Action', 'NotAction'), actions),
    })
    .map(({principal, action}) => ({Effect: 'Allow', ...Object.fromEntries([principal, action])})),
)

const statement = (Sid: string | undefined, needs: fc.Arbitrary<object>) =>
  fc
    .record({granted, Condition: maybe(conditions), needs})
    .map(({granted: grant, Condition, needs: more}) => ({
      ...(Sid === undefined ? {} : {Sid}),
      ...grant,
      ...more,
      ...(Condition === undefined ? {} : {Condition}),
    }))

/** A policy of IAM's grammar; Sids are unique, and some statements have none. */
const policyOf = (needs: fc.Arbitrary<object>) =>
  fc
    .record({
      Version: maybe(fc.constantFrom('2012-10-17', '2008-10-17')),
      Id: maybe(fc.constantFrom('no', '12', 'a: b', '${x}')),
      sids: fc.uniqueArray(
        fc.option(fc.constantFrom('OrgPull', 'Push', 'no', '12', 'new statement'), {nil: undefined}),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
    })
    .chain(({Version, Id, sids}) =>
      fc.tuple(...sids.map(sid => statement(sid, needs))).map(Statement => ({
        ...(Version === undefined ? {} : {Version}),
        ...(Id === undefined ? {} : {Id}),
        Statement: Statement.length === 1 ? Statement[0] : Statement,
      })),
    )

export const repositoryPolicies = policyOf(fc.constant({}))
export const registryPolicies = policyOf(
  fc.record({
    Resource: oneOrList(
      fc.constantFrom(
        '*',
        'arn:aws:ecr:<region>:<account>:repository/*',
        'arn:aws:ecr:<region>:<account>:repository/a',
      ),
    ),
  }),
)
