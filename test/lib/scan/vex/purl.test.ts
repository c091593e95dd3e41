import {expect, test} from 'vitest'
import {parsePurl} from '../../../../src/lib/scan/vex/purl.ts'

test.each([
  ['pkg:deb/debian/openssl@3.0.11-1?arch=amd64', ['deb', 'debian', 'openssl', '3.0.11-1', 'arch=amd64']],
  ['pkg:npm/%40angular/core@17.0.0', ['npm', '@angular', 'core', '17.0.0', '=']],
  ['pkg:npm/@angular/core', ['npm', '@angular', 'core', null, '=']],
  [
    'pkg:golang/github.com/gorilla/mux@v1.8.0#sub/path',
    ['golang', 'github.com/gorilla', 'mux', 'v1.8.0', '='],
  ],
  [
    'pkg:oci/api@sha256%3Aabc?repository_url=host.example%2Fteam/api&tag=v1',
    ['oci', '', 'api', 'sha256:abc', 'repository_url=host.example/team/api,tag=v1'],
  ],
  ['pkg:deb/debian/passwd@1%3A4.13', ['deb', 'debian', 'passwd', '1:4.13', '=']],
  ['PKG:deb/x', undefined],
  ['pkg://DEB//debian//x', ['deb', 'debian', 'x', null, '=']],
  ['pkg:deb/debian/x@', undefined],
  ['pkg:oci/x@?tag=v1', undefined],
  ['pkg:oci/x?tag=v1&tag=v2', undefined],
  ['pkg:oci/x?tag=v1&TAG=v2', undefined],
  ['pkg:deb', undefined],
  ['pkg:deb/', undefined],
  ['pkg:deb/x%', undefined],
  ['pkg:deb/x?a=%zz', undefined],
  ['cpe:2.3:a:apache:log4j', undefined],
  ['', undefined],
])('%s', (text, expected) => {
  const purl = parsePurl(text)
  expect(
    purl && [
      purl.type,
      purl.namespace,
      purl.name,
      purl.version,
      [...purl.qualifiers].map(pair => pair.join('=')).join(),
    ],
  ).toEqual(expected)
})

test('the longest text is parsed in no time', () => {
  for (const piece of ['@', '/', '%40', '?', '&', '@/']) {
    const started = performance.now()
    parsePurl(`pkg:deb/${piece.repeat(200_000)}`)
    expect(performance.now() - started).toBeLessThan(2000)
  }
})
