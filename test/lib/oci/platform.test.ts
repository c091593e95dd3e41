import {expect, test} from 'vitest'
import type {Platform} from '../../../src/lib/oci/descriptor.ts'
import {choosePlatforms, formatPlatform, parsePlatform} from '../../../src/lib/oci/platform.ts'
import {thrown} from './thrown.ts'

test('a platform is read and written as OS/ARCHITECTURE[/VARIANT]', () => {
  expect(parsePlatform('linux/amd64')).toEqual({os: 'linux', architecture: 'amd64'})
  expect(parsePlatform('linux/arm/v7')).toEqual({os: 'linux', architecture: 'arm', variant: 'v7'})
  for (const text of ['linux/amd64', 'linux/arm/v7']) expect(formatPlatform(parsePlatform(text))).toBe(text)
})

test.each([
  '',
  'linux',
  'linux/',
  '/amd64',
  'linux/arm/',
  'linux/arm/v7/x',
  'Linux/amd64',
  'linux amd64',
  '*/*',
])('"%s" is no platform', text => {
  expect(thrown(() => parsePlatform(text))).toMatchObject({code: 'INVALID_PLATFORM', exitCode: 2})
})

function chosen(wanted: string, offered: readonly string[]): string[] {
  const offers = offered.map((text): {platform: Platform} => ({platform: parsePlatform(text)}))
  return choosePlatforms(parsePlatform(wanted), offers).map(({platform}) => formatPlatform(platform))
}

test.each([
  ['linux/amd64', ['linux/amd64', 'linux/arm64', 'windows/amd64'], ['linux/amd64']],
  // Of several variants the one without, which is the one that runs everywhere.
  ['linux/amd64', ['linux/amd64/v3', 'linux/amd64'], ['linux/amd64']],
  ['linux/arm', ['linux/arm/v5', 'linux/arm/v7', 'linux/arm64'], ['linux/arm/v5', 'linux/arm/v7']],
  ['linux/arm/v7', ['linux/arm/v5', 'linux/arm/v7'], ['linux/arm/v7']],
  ['linux/arm/v6', ['linux/arm/v5', 'linux/arm/v7'], []],
  // Two ways to say the same.
  ['linux/arm64', ['linux/arm64/v8'], ['linux/arm64/v8']],
  ['linux/arm64/v8', ['linux/arm64'], ['linux/arm64']],
])('%s of %j is %j', (wanted, offered, expected) => {
  expect(chosen(wanted, offered)).toEqual(expected)
})

test('what names no platform is never chosen', () => {
  expect(choosePlatforms(parsePlatform('linux/amd64'), [{}])).toEqual([])
})
