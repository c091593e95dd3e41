import {describe, expect, test} from 'vitest'
import {describeCodes, found, lint} from './support.ts'

const allow = (sid: string) =>
  `{Sid: ${sid}, Effect: Allow, Principal: {AWS: "222222222222"}, Action: "ecr:BatchGetImage", Resource: "*"}`
const long = Array.from({length: 120}, (_, at) => allow(`S${at}`)).join(', ')

describeCodes('policies', [
  [
    'policy-too-long',
    `registries: {dev: {policy: {statements: [${long}]}}}\n`,
    [
      '5:28 registries.dev.policy (dev@eu-west-1) The policy would have 13,248 characters, and ECR takes 10,240.',
    ],
    `registries: {dev: {policy: {statements: [${allow('S')}]}}}\n`,
  ],
])

describe('policies', () => {
  const open = '{statements: [{Sid: Open, Effect: Allow, Principal: "*", Action: "ecr:BatchGetImage"}]}'
  const said = (...places: readonly string[]) =>
    places.map(place => `${place} The statement Open allows every AWS account in the world what it says.`)

  test.each([
    [
      'of defaults',
      `defaults: {policy: ${open}}\n`,
      said('5:34 defaults.policy.statements[0] (dev@eu-west-1, prod@eu-west-1, prod@us-east-1)'),
    ],
    [
      'of a repository',
      `repositories: {app/api: {in: [dev], policy: ${open}}}\n`,
      said('5:59 repositories."app/api".policy.statements[0] (dev@eu-west-1)'),
    ],
    [
      'of a preset',
      `presets: {policy: {pull: ${open}}}\nrepositories: {app/api: {in: [dev], policy: {use: [pull]}}}\n`,
      said('5:40 presets.policy.pull.statements[0] (dev@eu-west-1)'),
    ],
    [
      'of a template',
      `registries: {dev: {creationTemplates: {web: {appliedFor: [CREATE_ON_PUSH], policy: ${open}}}}}\n`,
      said('5:98 registries.dev.creationTemplates.web.policy.statements[0] (dev@eu-west-1)'),
    ],
    [
      'of a registry',
      `registries: {dev: {policy: ${open}}}\n`,
      said('5:42 registries.dev.policy.statements[0] (dev@eu-west-1)'),
    ],
  ])('%s are judged where they hold, and told where they are written', (_, text, expected) => {
    expect(found(text, 'open-to-everybody')).toEqual(expected)
  })

  test('of registries and repositories each have their own rules', () => {
    expect(found(`registries: {dev: {policy: ${open}}}\n`, 'no-resource')).toHaveLength(1)
    expect(found(`repositories: {app/api: {in: [dev], policy: ${open}}}\n`, 'no-resource')).toEqual([])
  })

  test('that go are not judged', () => {
    expect(
      found('defaults: {policy: {statements: [{Sid: Open, state: absent}]}}\n', 'open-to-everybody'),
    ).toEqual([])
    expect(lint('defaults: {policy: null}\n')).toEqual([])
  })
})

describe('lifecycle policies', () => {
  const trap = '{expire: [{allOf: ["v*", "release-*"], keepLast: 3}]}'

  test('are judged once for each place that says one, by what they come to', () => {
    const text = `defaults:\n  in: [prod]\n  lifecycle: ${trap}\nrepositories: {app/api: {}, app/web: {}}\n`
    expect(found(text, 'and-trap')).toHaveLength(1)
    expect(found(text, 'and-trap')[0]).toMatch(
      /^7:3 defaults\.lifecycle It comes to ECR's rule \d+: The list needs/,
    )
  })

  test('and those of templates, too', () => {
    const text = `registries: {dev: {creationTemplates: {web: {appliedFor: [CREATE_ON_PUSH], lifecycle: ${trap}}}}}\n`
    expect(found(text, 'and-trap')).toHaveLength(1)
  })
})
