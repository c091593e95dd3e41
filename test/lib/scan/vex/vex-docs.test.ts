import {expect, test} from 'vitest'
import {parseVex} from '../../../../src/lib/scan/vex/read.ts'
import {blocksOf} from '../../../support/pages.ts'

test('the VEX documents of docs/ignore-rules.md are read', () => {
  const documents = blocksOf('docs/ignore-rules.md').filter(({language}) => language === 'json')
  expect(documents.length).toBeGreaterThan(0)
  for (const {text} of documents) expect(parseVex(text, 'a.json').length).toBeGreaterThan(0)
})
