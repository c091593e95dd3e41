import {existsSync, readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {readPolicy} from '../../../../src/lib/lifecycle/read-policy.ts'
import {image, lint, lintWith} from './support.ts'

const collection = new URL('../../../../../shared/data/lifecycle-policies.json', import.meta.url)

/** Ids of the policies in which each code is found. */
const known: Readonly<Record<string, readonly string[]>> = {
  'and-trap': ['lp001', 'lp013', 'lp023', 'lp039', 'lp040', 'lp065'],
  'shadowed-rule': [],
  'literal-star': [],
  'shallow-rollback': ['lp054', 'lp059'],
  'archive-at-a-loss': ['lp032', 'lp033', 'lp047', 'lp050', 'lp051', 'lp054'],
  'expires-by-age-alone': ['lp005', 'lp014', 'lp018', 'lp039', 'lp045'],
}

test.skipIf(!existsSync(collection))('real policies are linted, and those with known traps are named', () => {
  const {policies} = JSON.parse(readFileSync(collection, 'utf8')) as {
    policies: {id: string; policy: object}[]
  }
  const images = [image('a', ['v1', 'latest']), image('b', [], 30), image('c', ['dev-1'], 400)]
  const found = policies.flatMap(({id, policy}) => {
    const read = readPolicy(JSON.stringify(policy), id).policy
    if (read === undefined) return []
    lintWith(images, read.rules, ['elsewhere'])
    return [...new Set(lint(read.rules).map(({code}) => code))].map(code => ({id, code}))
  })
  expect(policies.length).toBeGreaterThan(70)
  for (const [code, ids] of Object.entries(known)) {
    expect({code, ids: found.filter(each => each.code === code).map(({id}) => id)}).toEqual({code, ids})
  }
})
