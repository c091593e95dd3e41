import {Ajv} from 'ajv'
import {expect, test} from 'vitest'
import {parse} from 'yaml'
import {estateJsonSchema} from '../../../src/lib/config/schema.ts'
import {blocksOf} from '../../support/pages.ts'

const validate = new Ajv({strict: false}).compile(estateJsonSchema())

function takes(lifecycle: string): boolean {
  return validate(parse(`{version: 1, defaults: {lifecycle: ${lifecycle}}}`))
}

test('an editor takes what docs/repos-yaml.md shows', () => {
  const shown = blocksOf('docs/repos-yaml.md').filter(({language}) => language === 'yaml')
  expect(shown.length).toBeGreaterThan(2)
  for (const {text} of shown) expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true)
})

test.each([
  'null',
  '{use: app}',
  '{use: [app, few], keep: [{tags: a}]}',
  '{expire: [{any: true, keepLast: 5}]}',
  '{archive: [{any: true, notPulledFor: 180d, thenExpireAfter: 90d}]}',
])('an editor takes %s', lifecycle => {
  expect(takes(lifecycle)).toBe(true)
})

test.each([
  '{}',
  'app',
  '{keep: []}',
  '{keep: [{tags: [a, b]}]}',
  '{keep: [{tags: a, keepLast: 3}]}',
  '{keep: [{any: true}]}',
  '{expire: [{any: true}]}',
  '{expire: [{tags: a, untagged: true, keepLast: 1}]}',
  '{expire: [{any: true, keepLast: 5, olderThan: 1d}]}',
  '{expire: [{any: true, notPulledFor: 5d}]}',
  '{expire: [{any: true, olderThan: 5h}]}',
  '{rules: [{}]}',
  '{keep: [{tags: a}], rules: [{rulePriority: 1, selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 9}, action: {type: expire}}]}',
])('an editor marks %s', lifecycle => {
  expect(takes(lifecycle)).toBe(false)
})
