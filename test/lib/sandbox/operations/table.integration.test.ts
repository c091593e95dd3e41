import {describe, expect, test} from 'vitest'
import {dev, prod} from '../support.ts'
import {imageScenarios} from './images.ts'
import {deviations, type Fields, model, shapeOf} from './model.ts'
import {registryScenarios} from './registry.ts'
import {repositoryScenarios} from './repositories.ts'
import type {Scenario} from './scenario.ts'
import {Setting} from './setting.ts'
import {violationsOf} from './violations.ts'

const scenarios: Readonly<Record<string, Scenario>> = {
  ...imageScenarios,
  ...repositoryScenarios,
  ...registryScenarios,
}

/** What was shown of an operation, a cell for each column of the table. */
interface Row {
  constraints?: string
  errors?: string
  output?: string
  crossAccount?: string
}

const rows = new Map<string, Row>()

function row(operation: string): Row {
  const known = rows.get(operation) ?? {}
  rows.set(operation, known)
  return known
}

describe.each(Object.entries(model.operations))('%s', (operation, {input: inputShape, output, errors}) => {
  const scenario: Scenario = scenarios[operation] ?? {input: () => ({})}
  const fails = (setting: Setting, input: Fields) => setting.call(operation, input)

  test('does what it is asked for, and answers what the model says', async () => {
    await using setting = await Setting.open()
    const answer = await setting.does(operation, await scenario.input(setting))
    expect(deviations(output, answer)).toEqual([])
    row(operation).output = 'as the model has it'
  })

  test('holds its input to each constraint of the model', async () => {
    await using setting = await Setting.open()
    const violations = violationsOf(inputShape, await scenario.input(setting))
    for (const {what, member, input, error} of violations) {
      const refused = await fails(setting, input)
      expect.soft([refused.error, refused.status], what).toEqual([error, 400])
      expect.soft(refused.body['message'], what).toContain(member === '' ? '' : `'${member}'`)
    }
    row(operation).constraints = violations.length === 0 ? 'has no input' : `${violations.length} held`
  })

  test('has each error of the model', async () => {
    const byState = Object.entries(scenario.errors ?? {})
    for (const [error, prepare] of byState) {
      await using setting = await Setting.open()
      const refused = await fails(setting, await prepare(setting))
      expect.soft([refused.error, refused.status], error).toEqual([error, 400])
      expect.soft(deviations(error, withoutType(refused.body)), error).toEqual([])
    }
    expect(errors).toEqual(expect.arrayContaining(byState.map(([error]) => error)))
    const invalid =
      Object.keys(shapeOf(inputShape).members ?? {}).length > 0 ? ['InvalidParameterException'] : []
    const shown = new Set([...invalid, ...byState.map(([error]) => error)])
    const byFault = errors.filter(error => !shown.has(error))
    for (const exception of byFault) {
      await using setting = await Setting.open()
      setting.sandbox.setFaults([{operation, kind: 'exception', exception}])
      const refused = await fails(setting, {})
      expect
        .soft([refused.error, refused.status])
        .toEqual([exception, exception === 'ServerException' ? 500 : 400])
    }
    const listed = [
      errors
        .filter(error => shown.has(error))
        .map(short)
        .join(', '),
      ...(byFault.length > 0 ? [`by fault: ${byFault.map(short).join(', ')}`] : []),
    ]
    row(operation).errors = listed.filter(text => text !== '').join('; ')
  })

  test('is closed to another account until a policy opens it', async () => {
    await using setting = await Setting.open()
    const input = await scenario.input(setting)
    const members = Object.keys(shapeOf(inputShape).members ?? {})
    const named = ['registryId', 'resourceArn'].find(member => members.includes(member))
    const theirs = {...input, ...(named === 'registryId' && {registryId: dev})}
    row(operation).crossAccount =
      named === undefined
        ? await expectOwnRegistryOnly(setting, operation, theirs)
        : await expectClosedUntilOpened(setting, operation, theirs)
  })
})

/** It cannot name another registry; the other account sees nothing of this one. */
async function expectOwnRegistryOnly(setting: Setting, operation: string, input: Fields): Promise<string> {
  const {body} = await setting.call(operation, input, prod)
  const told = JSON.stringify(body).replaceAll(JSON.stringify(input), '')
  expect(told).not.toContain(`${dev}:repository`)
  expect(body['registryId'] ?? prod).toBe(prod)
  return 'own registry only'
}

async function expectClosedUntilOpened(setting: Setting, operation: string, input: Fields): Promise<string> {
  const refused = await setting.call(operation, input, prod)
  expect(refused).toMatchObject({error: 'AccessDeniedException', status: 400})
  expect(refused.body['message']).toContain('ecr:')
  await setting.letIn()
  expect(await setting.call(operation, input, prod)).toMatchObject({status: 200})
  return 'refused, then allowed by policy'
}

function withoutType(body: Fields): Fields {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== '__type'))
}

function short(error: string): string {
  return error.replace(/Exception$/, '')
}

test('leaves no cell of the table empty', async () => {
  const operations = Object.keys(model.operations)
  const empty = operations.filter(operation => Object.keys(row(operation)).length < 4)
  expect(empty).toEqual([])
  const lines = operations.map(operation => {
    const {output, constraints, errors, crossAccount} = row(operation)
    return `| \`${operation}\` | ${[output, constraints, errors, crossAccount].join(' | ')} |`
  })
  const text = [
    '# Operations of the sandbox',
    '',
    `What a test has shown of each operation of ECR (${model.source}), over the wire. Made by \`npm test\`.`,
    '',
    '| operation | output | constraints of its input | errors of the model | another account |',
    '|---|---|---|---|---|',
    ...lines,
    '',
  ]
  await expect(text.join('\n')).toMatchFileSnapshot('../../../../docs/sandbox-operations.md')
})
