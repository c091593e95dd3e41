import {expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {compilePolicy} from '../../../src/lib/lifecycle/compile-run.ts'
import {desiredPolicy} from '../../../src/lib/lifecycle/desired.ts'
import {blocksOf} from '../../support/pages.ts'

const blocks = blocksOf('docs/repos-yaml.md')

function block(language: string, word: string): string {
  const found = blocks.filter(({language: own, text}) => own === language && text.includes(word))
  expect(found).toHaveLength(1)
  return found[0]?.text ?? ''
}

test('docs/repos-yaml.md shows what its presets compile to', () => {
  const estate = parseEstate(block('yaml', '    few:'), 'repos.yaml')
  const shown: unknown = JSON.parse(block('json', '"rules"'))
  expect(compilePolicy({kind: 'preset', name: 'app', estate}).policy).toEqual(shown)
  const place = {account: '111111111111', region: 'eu-west-1'}
  const kinds = ['any/cache', 'payments/api', 'legacy/app'].map(
    name => desiredPolicy(estate, place, name).kind,
  )
  expect(kinds).toEqual(['policy', 'policy', 'none'])
})
