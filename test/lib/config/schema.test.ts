import {readFile} from 'node:fs/promises'
import {expect, test} from 'vitest'
import {estateJsonSchema} from '../../../src/lib/config/schema.ts'

test('schemas/repos.schema.json is what the checks of repos.yaml say', async () => {
  const committed = await readFile(new URL('../../../schemas/repos.schema.json', import.meta.url), 'utf8')
  expect(JSON.parse(committed)).toEqual(estateJsonSchema())
})

test('every pattern of the schema works with the u flag, as editors compile it', () => {
  const patterns = [...JSON.stringify(estateJsonSchema()).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)]
  expect(patterns.length).toBeGreaterThan(5)
  for (const [, pattern = ''] of patterns) {
    expect(() => new RegExp(JSON.parse(pattern) as string, 'u')).not.toThrow()
  }
})
