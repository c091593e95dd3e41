import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {estateJsonSchema} from '../../../src/lib/config/schema.ts'
import type {ApiModel} from '../../../src/lib/sandbox/api/api-model.ts'
import ecr from '../../../src/lib/sandbox/api/model/ecr.json' with {type: 'json'}
import {
  answeredMembers,
  documents,
  membersOf,
  otherFields,
  otherMembers,
  otherOperations,
  ownKeys,
  reposFields,
  soleValues,
} from '../../../tools/repos-fields.ts'
import {hasKey, keysOf} from '../../support/schema-keys.ts'

const root = join(import.meta.dirname, '../../..')
const model = ecr as unknown as ApiModel
const fields = reposFields()
const said = new Set(fields.map(({operation, member}) => `${operation}.${member}`))
const configuring = Object.keys(model.operations).filter(operation => !(operation in otherOperations))
const last = (member: string) => member.slice(member.lastIndexOf('.') + 1)

/** Members of requests of which nothing says what they are for. */
function unsaid(operation: string, members: Iterable<string>): readonly string[] {
  return [...members]
    .filter(member => !(member in otherMembers) && !(last(member) in soleValues))
    .map(member => `${operation}.${member}`)
    .filter(name => !said.has(name) && !(name in otherFields))
}

describe("every member of ECR's API that configures something has a key of repos.yaml", () => {
  test.each(configuring)('%s', operation => {
    expect(unsaid(operation, membersOf(model, operation, 'input').keys())).toEqual([])
  })

  test('and so has each that answers alone have', () => {
    const known = new Set([
      ...fields.map(({member}) => last(member)),
      ...Object.keys({...otherMembers, ...soleValues, ...answeredMembers}),
    ])
    const strange = configuring.flatMap(operation =>
      [...membersOf(model, operation, 'output').keys()]
        .filter(member => !known.has(last(member)))
        .map(member => `${operation} answers ${member}`),
    )
    expect(strange).toEqual([])
  })

  test('a new member, and a new operation, would be missed', () => {
    expect(unsaid('CreateRepository', ['quota', 'encryptionConfiguration.rotation'])).toEqual([
      'CreateRepository.quota',
      'CreateRepository.encryptionConfiguration.rotation',
    ])
    expect(unsaid('PutSomething', ['thing'])).toEqual(['PutSomething.thing'])
  })
})

describe('what is called no configuration', () => {
  test('is in the model, so that the list does not outlive what it speaks of', () => {
    expect(Object.keys(otherOperations).filter(operation => !(operation in model.operations))).toEqual([])
    const inputs = configuring.flatMap(operation =>
      [...membersOf(model, operation, 'input').keys()].map(
        member => [`${operation}.${member}`, member] as const,
      ),
    )
    const names = new Set(inputs.flat())
    expect(Object.keys({...otherFields, ...otherMembers}).filter(name => !names.has(name))).toEqual([])
    const answers = new Set(
      configuring.flatMap(operation =>
        [...membersOf(model, operation, 'output').keys()].flatMap(each => each.split('.')),
      ),
    )
    expect(Object.keys(answeredMembers).filter(name => !answers.has(name))).toEqual([])
  })

  test('is not said by a resource at the same time', () => {
    expect(fields.filter(({operation}) => operation in otherOperations)).toEqual([])
    expect([...said].filter(name => name in otherFields)).toEqual([])
  })

  test('has one value where it is no choice', () => {
    const sole = configuring.flatMap(operation =>
      [...membersOf(model, operation, 'input')].filter(([member]) => last(member) in soleValues),
    )
    expect(sole.length).toBeGreaterThan(0)
    expect(sole.filter(([, shape]) => shape.enum?.length !== 1)).toEqual([])
  })
})

describe('the tables of the resources', () => {
  test('name members that there are', () => {
    const wrong = fields.filter(
      ({operation, member}) =>
        !(operation in model.operations) || !membersOf(model, operation, 'input').has(member),
    )
    expect(wrong).toEqual([])
  })

  test('name keys that repos.yaml has', () => {
    const schema = estateJsonSchema()
    expect(fields.filter(({key}) => !hasKey(schema, key)).map(({key}) => key)).toEqual([])
    expect(Object.keys(ownKeys).filter(key => !hasKey(schema, key))).toEqual([])
  })

  test('name all the keys that repos.yaml has', () => {
    const schema = estateJsonSchema()
    const keys = ['repositories.*', 'registries.*'].flatMap(each => keysOf(schema, each))
    const whole = fields.filter(({member}) => documents.has(last(member))).map(({key}) => key)
    const known = new Set([...fields.map(({key}) => key), ...Object.keys(ownKeys)])
    const isKnown = (key: string) => known.has(key) || whole.some(each => key.startsWith(`${each}.`))
    expect(keys.length).toBeGreaterThan(0)
    expect(keys.filter(key => !isKnown(key))).toEqual([])
  })

  test('may say all that the model lets be chosen', () => {
    const schema = estateJsonSchema()
    const short = fields.flatMap(({operation, member, key}) => {
      const {enum: choices} = membersOf(model, operation, 'input').get(member) ?? {}
      return (choices ?? []).filter(value => !hasKey(schema, key, value)).map(value => `${key}: ${value}`)
    })
    expect([...new Set(short)]).toEqual([])
  })
})

const data = join(root, '../shared/data/ecr-operations.json')

describe.skipIf(!existsSync(data))('beside ../shared/data/ecr-operations.json', () => {
  const published = () =>
    JSON.parse(readFileSync(data, 'utf8')) as {operation: string; requestFields: {name: string}[]}[]

  test('every operation is known, and every member of a configuring one is said', () => {
    const deep = new Set([...said].map(name => name.split('.').slice(0, 2).join('.')))
    const missed = published()
      .filter(({operation}) => !(operation in otherOperations))
      .flatMap(({operation, requestFields}) => requestFields.map(({name}) => `${operation}.${name}`))
      .filter(name => !deep.has(name) && !(last(name) in otherMembers) && !(name in otherFields))
    expect(missed).toEqual([])
    expect(published().filter(({operation}) => !(operation in model.operations))).toEqual([])
  })
})
