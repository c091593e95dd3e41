import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {UsageError} from '../../../src/lib/errors.ts'
import {type Digest, digestOf} from '../../../src/lib/oci/digest.ts'
import {
  formatReference,
  isValidRepository,
  isValidTag,
  parseReference,
  type Reference,
} from '../../../src/lib/oci/reference.ts'
import {thrown} from './thrown.ts'

const hex = 'a'.repeat(64)
const digest: Digest = `sha256:${hex}`

describe('references that are understood', () => {
  test.each<[string, Reference]>([
    ['app', {repository: 'app'}],
    ['payments/api:v1', {repository: 'payments/api', tag: 'v1'}],
    ['dev/payments/api', {repository: 'dev/payments/api'}],
    [`app@${digest}`, {repository: 'app', digest}],
    [`app:v1@${digest}`, {repository: 'app', tag: 'v1', digest}],
    ['localhost/app', {host: 'localhost', repository: 'app'}],
    ['localhost:5000/app:1', {host: 'localhost:5000', repository: 'app', tag: '1'}],
    ['[::1]:5000/app:1', {host: '[::1]:5000', repository: 'app', tag: '1'}],
    ['QUAY.io/a/b', {host: 'quay.io', repository: 'a/b'}],
    ['docker.io/nginx', {host: 'docker.io', repository: 'library/nginx'}],
    ['index.docker.io/nginx', {host: 'docker.io', repository: 'library/nginx'}],
    ['registry-1.docker.io/team/app', {host: 'docker.io', repository: 'team/app'}],
    ['docker.io/grafana/grafana:11', {host: 'docker.io', repository: 'grafana/grafana', tag: '11'}],
    [
      '111111111111.dkr.ecr.eu-west-1.amazonaws.com/a__b/c--d:_x',
      {host: '111111111111.dkr.ecr.eu-west-1.amazonaws.com', repository: 'a__b/c--d', tag: '_x'},
    ],
  ])('%s', (text, expected) => {
    expect(parseReference(text)).toEqual(expected)
  })
})

describe('references that are refused with the column and the fix', () => {
  test.each([
    ['', 1, 'it is empty'],
    ['Payments/api:v1', 1, 'Write "payments/api"'],
    ['payments/API:v1', 10, 'Write "payments/api"'],
    ['app:', 5, 'the tag after ":" is missing'],
    ['app@', 5, 'the digest after "@" is missing'],
    ['app:latest@', 12, 'the digest after "@" is missing'],
    ['app@latest', 5, 'the only digests supported are sha256:'],
    ['app@sha512:00', 5, 'the only digests supported are sha256:'],
    ['app@sha256:abc', 12, 'has 64 hex digits; this one has 3'],
    [`app@sha256:${hex}a`, 12, 'has 64 hex digits; this one has 65'],
    [`app@sha256:${hex.toUpperCase()}`, 12, '"A" is not a lower-case hex digit'],
    [`app@sha256:../../etc`, 12, '"." is not a lower-case hex digit'],
    [`app@${digest}\n`, 76, 'a line break'],
    [`app:${'t'.repeat(129)}`, 133, 'at most 128 characters; this one has 129'],
    ['app:v1 ', 7, 'white space'],
    ['app:-x', 5, 'a tag starts with'],
    ['app:..', 5, 'a tag starts with'],
    ['app:a/b', 5, '"a" is not a port'],
    ['quay.io/app:a/b', 14, '"/" cannot be part of a tag'],
    ['app:v1:v2', 7, '":" cannot be part of a tag'],
    ['https://quay.io/app', 1, 'Leave out "https://"'],
    ['docker://quay.io/app', 1, 'Leave out "docker://"'],
    ['/app', 1, 'an empty path component'],
    ['a//b', 3, 'an empty path component'],
    ['quay.io/', 9, 'the repository is missing'],
    ['quay.io/:v1', 9, 'the repository is missing'],
    ['../etc/passwd', 1, '".." is not a host name'],
    ['a/../b', 3, '".." must start and end with'],
    ['quay.io/-app', 9, '"-app" must start and end with'],
    ['a___b', 1, 'must start and end with'],
    ['host:port/app', 6, '"port" is not a port'],
    ['host:70000/app', 6, '"70000" is not a port'],
    ['-evil.com/app', 1, '"-evil.com" is not a host name'],
    ['quay.io./app', 1, 'is not a host name'],
    ['[::zz]/app', 1, 'is not a host name'],
    ['user@quay.io/app', 6, 'the only digests supported'],
    ['app?x=1', 4, '"?" cannot be part of a repository name'],
    ['app%2fb', 4, '"%" cannot be part of a repository name'],
    ['äpp', 1, 'only ASCII'],
    ['a\u202eb', 2, 'only ASCII'],
    [digest, 1, 'a digest alone names no image'],
    [`quay.io/${'a'.repeat(256)}`, 264, 'at most 255 characters'],
  ])('%j at column %i', (text, column, fix) => {
    const error = thrown(() => parseReference(text))
    expect(error).toBeInstanceOf(UsageError)
    expect(error?.message).toContain(`column ${column}: `)
    expect(error?.message).toContain(fix)
    expect(error?.message).not.toMatch(/[\n\r\u202e]/)
    expect(error?.message.length).toBeLessThan(500)
  })
})

const component = fc.stringMatching(/^[a-z0-9]{1,8}((\.|_|__|-{1,3})[a-z0-9]{1,5}){0,2}$/)
const references = fc.record(
  {
    host: fc.constantFrom('localhost', 'quay.io', '[::1]:5000', '127.0.0.1:5000', 'a-b.example.com:443'),
    repository: fc.array(component, {minLength: 2, maxLength: 4}).map(parts => `r/${parts.join('/')}`),
    tag: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/),
    digest: fc.string().map(text => digestOf(new TextEncoder().encode(text))),
  },
  {requiredKeys: ['repository']},
)

test('what is formatted is parsed back to the same reference', () => {
  fc.assert(
    fc.property(references, reference => {
      expect(parseReference(formatReference(reference))).toEqual(reference)
    }),
  )
})

test('any text is either a reference of valid parts or a one-line usage error', () => {
  const texts = fc.oneof(
    fc.string({unit: 'binary'}),
    fc.string({unit: fc.constantFrom('a', 'B', '/', ':', '@', '.', '-', '_', ' ', 'sha256:', hex, '\n')}),
  )
  fc.assert(
    fc.property(texts, text => {
      let reference: Reference | undefined
      const error = thrown(() => {
        reference = parseReference(text)
      })
      expect(error === undefined || error instanceof UsageError).toBe(true)
      expect(error?.message ?? '').not.toMatch(/[\n\r]/)
      expect(isValidRepository(reference?.repository ?? 'r')).toBe(true)
      expect(isValidTag(reference?.tag ?? 't')).toBe(true)
    }),
    {numRuns: 300},
  )
})

test('a hostile name of 100,000 characters is refused without backtracking', () => {
  expect(isValidRepository(`${'a-'.repeat(100)}!`)).toBe(false)
  expect(() => parseReference(`a${'-'.repeat(100_000)}`)).toThrow(UsageError)
  expect(() => parseReference('a/'.repeat(50_000))).toThrow(UsageError)
})
