import {describe, expect, test} from 'vitest'
import {parseVex} from '../../../../src/lib/scan/vex/read.ts'
import {vexStatementsOf} from '../../../../src/lib/scan/vex.ts'
import {
  digestOf,
  type FindingParts,
  findingOf,
  imageOf,
  judge,
  outcomesOf,
  scanned,
  single,
} from '../judge-support.ts'
import {documentOf, type Fields, image, statementOf} from './vex-support.ts'

const vexOf = (...documents: readonly string[]) => ({
  vex: vexStatementsOf(documents.flatMap((text, index) => parseVex(text, `${index}.vex.json`))),
})
const saying = (...statements: readonly Fields[]) => vexOf(documentOf(statements))
const outcomeOf = (terms: ReturnType<typeof vexOf>, finding: FindingParts = {}) =>
  judge(single([findingOf(finding)]), {}, terms).findings[0]?.outcome

describe('a statement', () => {
  test('that it is not affected takes the finding out, and says why and where', () => {
    expect(outcomesOf(judge(single([findingOf()]), {}, saying(statementOf())))).toEqual([
      'CVE-2026-0001 not-affected: not_affected by 0.vex.json:8: vulnerable_code_not_in_execute_path',
    ])
  })

  test.each<readonly [status: string, fields: Fields, outcome: string]>([
    ['fixed', {}, 'not-affected'],
    ['under_investigation', {}, 'fails'],
    ['affected', {action_statement: 'Update.'}, 'fails'],
    ['not_affected', {impact_statement: 'It is never called.'}, 'not-affected'],
  ])('%s', (status, fields, outcome) => {
    expect(outcomeOf(saying(statementOf({status, ...fields})))).toBe(outcome)
  })

  test('may call the vulnerability by another name', () => {
    const aliases = statementOf({
      vulnerability: {name: 'GHSA-jfh8-c2jp-5v3q', aliases: ['CVE-2026-0001', 'DSA-1']},
    })
    expect(outcomeOf(saying(aliases))).toBe('not-affected')
    expect(outcomeOf(saying(aliases), {id: 'CVE-2026-0002'})).toBe('fails')
  })

  test.each<readonly [what: string, products: unknown]>([
    ['no products', undefined],
    ['no product in its list', []],
    ['a product without an identifier', [{}]],
    ['a product that is no package URL', [{'@id': 'https://example.com/api'}]],
    ['a product with a CPE alone', [{identifiers: {cpe23: 'cpe:2.3:a:x:api:*:*:*:*:*:*:*:*'}}]],
  ])('with %s says nothing', (_, products) => {
    const {products: __, ...rest} = statementOf()
    expect(outcomeOf(saying(products === undefined ? rest : {...rest, products}))).toBe('fails')
  })

  test('is of the gate only where the policy means the finding', () => {
    expect(outcomeOf(saying(statementOf()), {severity: 'low'})).toBe('allowed')
  })
})

const host = '222222222222.dkr.ecr.eu-west-1.amazonaws.com'
const at = (digest: string) => digest.replace(':', '%3A')
const repository = `repository_url=${host}/payments/api`

test.each<readonly [what: string, product: Fields, isIt: boolean]>([
  ['its digest', {'@id': `pkg:oci/api@${at(digestOf('a'))}`}, true],
  [
    'its digest, of another place',
    {'@id': `pkg:oci/api@${at(digestOf('a'))}?repository_url=ghcr.io/x/api`},
    true,
  ],
  ["its platform's digest", {'@id': `pkg:oci/api@${digestOf('1')}`}, true],
  ["the other platform's digest", {'@id': `pkg:oci/api@${digestOf('2')}`}, false],
  ['another digest in its place', {'@id': `pkg:oci/api@${at(digestOf('b'))}?${repository}`}, false],
  ['a version that is no digest', {'@id': `pkg:oci/api@v1?${repository}`}, false],
  ['its repository', {'@id': `pkg:oci/api?${repository}`}, true],
  ['its repository and tag', {'@id': `pkg:oci/api?${repository}&tag=v1`}, true],
  ['its repository and another tag', {'@id': `pkg:oci/api?${repository}&tag=v2`}, false],
  ['its repository under another name', {'@id': `pkg:oci/other?${repository}`}, false],
  ['its repository with the digest left empty', {'@id': `pkg:oci/api@?${repository}`}, false],
  ['its repository in another account', {'@id': 'pkg:oci/api?repository_url=1.example/payments/api'}, false],
  ['its name alone', {'@id': 'pkg:oci/api'}, false],
  ['its name under an identifier', {identifiers: {purl: `pkg:oci/api?${repository}`}}, true],
  ['its hash', {hashes: {'sha-256': 'a'.repeat(64)}}, true],
  ['its hash in capitals', {hashes: {'sha-256': 'A'.repeat(64)}}, true],
  ['another hash', {hashes: {'sha-256': 'b'.repeat(64), 'sha-512': 'a'.repeat(64)}}, false],
  ['its architecture', {'@id': `pkg:oci/api?${repository}&arch=x86_64`}, true],
  ['another architecture', {'@id': `pkg:oci/api?${repository}&arch=arm64`}, false],
  ['another type', {'@id': `pkg:docker/payments/api@${at(digestOf('a'))}`}, false],
  ['the package and its version', {'@id': 'pkg:deb/debian/openssl@3.0.1'}, true],
  ['the package and another version', {'@id': 'pkg:deb/debian/openssl@3.0.2'}, false],
  ['the package without a version', {'@id': 'pkg:deb/debian/openssl'}, false],
  [
    'the package as a product with parts',
    {'@id': 'pkg:deb/debian/openssl@3.0.1', subcomponents: [{'@id': 'pkg:deb/debian/openssl@3.0.1'}]},
    false,
  ],
])('whether a product is the image: %s', (_, product, isIt) => {
  const image = imageOf({'linux/amd64': scanned([findingOf()])})
  expect(judge(image, {}, saying(statementOf({products: [product]}))).verdict).toBe(
    isIt ? 'passed' : 'failed',
  )
})

type Found = NonNullable<FindingParts['package']>
test.each<readonly [purl: string, found: Found, isIt: boolean]>([
  ['pkg:deb/debian/openssl@3.0.1', {}, true],
  ['pkg:deb/ubuntu/openssl', {}, true],
  ['pkg:rpm/redhat/openssl@3.0.1?arch=x86_64', {}, true],
  ['pkg:deb/debian/openssl@3.0.1?arch=arm64', {}, false],
  ['pkg:deb/debian/openssl@3.0.1?arch=all', {}, true],
  ['pkg:deb/debian/libssl@3.0.1', {}, false],
  ['pkg:npm/openssl@3.0.1', {}, false],
  ['pkg:deb/debian/openssl@0:3.0.1', {}, true],
  ['pkg:rpm/redhat/openssl@3.0.1?epoch=1', {version: '1:3.0.1'}, true],
  ['pkg:rpm/redhat/openssl@3.0.1', {version: '1:3.0.1'}, false],
  ['pkg:deb/debian/openssl@3.0.1', {version: null}, false],
  ['pkg:deb/debian/openssl', {version: null, manager: null}, true],
  ['pkg:npm/%40angular/core', {name: '@angular/core', manager: 'NPM'}, true],
  ['pkg:npm/core', {name: '@angular/core', manager: 'NPM'}, false],
  [
    'pkg:maven/org.apache.logging.log4j/log4j-core',
    {name: 'org.apache.logging.log4j:log4j-core', manager: 'JAR'},
    true,
  ],
  ['pkg:maven/log4j-core', {name: 'org.apache.logging.log4j:log4j-core', manager: 'JAR'}, false],
  ['pkg:pypi/my-package', {name: 'My_Package', manager: 'PYTHONPKG'}, true],
  [
    'pkg:golang/github.com/gorilla/mux@v1.8.0',
    {name: 'github.com/gorilla/mux', version: '1.8.0', manager: 'GOBINARY'},
    true,
  ],
  ['pkg:cargo/openssl@3.0.1', {manager: 'CARGO'}, true],
  ['pkg:cargo/openssl@3.0.1', {manager: 'A NEW ONE'}, false],
  ['pkg:generic/openssl@3.0.1', {}, false],
])('whether the subcomponent %s is the package: %o', (purl, found, isIt) => {
  const products = [{'@id': image, subcomponents: [{'@id': purl}]}]
  const one = imageOf({'linux/amd64': scanned([findingOf({package: found})])})
  expect(judge(one, {}, saying(statementOf({products}))).verdict).toBe(isIt ? 'passed' : 'failed')
})

describe('of several statements', () => {
  const early = {timestamp: '2026-11-02T00:00:00Z'}
  const late = {timestamp: '2026-11-02T01:00:00+00:30'}
  const affected = {status: 'affected', action_statement: 'Update.'}

  test('the latest wins, wherever it stands', () => {
    const out = statementOf(late)
    const not = statementOf({...affected, ...early})
    expect(outcomeOf(saying(out, not))).toBe('not-affected')
    expect(outcomeOf(saying(not, out))).toBe('not-affected')
    expect(outcomeOf(saying(statementOf(early), statementOf({...affected, ...late})))).toBe('fails')
  })

  test('one without a time has that of its document', () => {
    const old = documentOf([statementOf()], {timestamp: '2026-11-01T00:00:00Z'})
    const young = documentOf([statementOf(affected)], {timestamp: '2026-11-03T00:00:00Z'})
    expect(outcomeOf(vexOf(young, old))).toBe('fails')
    expect(
      outcomeOf(vexOf(old, documentOf([statementOf({...affected, timestamp: '2026-10-01T00:00:00Z'})]))),
    ).toBe('not-affected')
  })

  test('of the same time, one that takes nothing out wins', () => {
    const investigated = statementOf({status: 'under_investigation'})
    expect(outcomeOf(saying(statementOf(), investigated))).toBe('fails')
    expect(outcomeOf(saying(investigated, statementOf()))).toBe('fails')
  })

  test('a later one of another product changes nothing', () => {
    const other = statementOf({
      ...affected,
      ...late,
      products: [{'@id': 'pkg:oci/other?repository_url=x/other'}],
    })
    expect(outcomeOf(saying(statementOf(early), other))).toBe('not-affected')
  })
})
