import {describe, expect, test} from 'vitest'
import {describeChanges, withAuths, withCredentialHelper} from '../../../src/lib/login/docker-config.ts'

const host = '111111111111.dkr.ecr.eu-west-1.amazonaws.com'
const other = '222222222222.dkr.ecr.us-east-1.amazonaws.com'
const entry = {registry: host, username: 'AWS', password: 'secret'}
const auth = Buffer.from('AWS:secret').toString('base64')

describe('withAuths', () => {
  test('starts a file with the entry, indented as docker does', () => {
    expect(withAuths(undefined, [entry], 'f')).toBe(
      `{\n\t"auths": {\n\t\t"${host}": {\n\t\t\t"auth": "${auth}"\n\t\t}\n\t}\n}\n`,
    )
    expect(withAuths(' \n', [entry], 'f')).toBe(withAuths(undefined, [entry], 'f'))
  })

  test('keeps unknown keys, their order, other entries and the indentation', () => {
    const before = `{
    "zebra": [1, 2],
    "auths": {
        "ghcr.io": {
            "auth": "b2xk",
            "email": "a@b"
        }
    },
    "credsStore": "desktop"
}`
    const after = withAuths(before, [entry], 'f')
    expect(JSON.parse(after)).toEqual({
      zebra: [1, 2],
      auths: {'ghcr.io': {auth: 'b2xk', email: 'a@b'}, [host]: {auth}},
      credsStore: 'desktop',
    })
    expect(Object.keys(JSON.parse(after) as object)).toEqual(['zebra', 'auths', 'credsStore'])
    expect(after).toContain(`\n        "${host}": {\n            "auth": "${auth}"\n        }`)
    expect(after.endsWith('}')).toBe(true)
  })

  test('replaces the entry of the same registry and no entry of a host that contains it', () => {
    const longer = `x${host}`
    const before = JSON.stringify({auths: {[longer]: {auth: 'b2xk'}, [host]: {auth: 'b2xk'}}})
    expect(withAuths(before, [entry], 'f')).toBe(
      JSON.stringify({auths: {[longer]: {auth: 'b2xk'}, [host]: {auth}}}),
    )
  })

  test('keeps Windows line ends', () => {
    const after = withAuths('{\r\n  "auths": {}\r\n}\r\n', [entry], 'f')
    expect(after.split('\r\n').join('')).not.toContain('\n')
    expect(after.endsWith('}\r\n')).toBe(true)
  })

  test('a key named __proto__ is kept as a key', () => {
    const before = '{"auths":{"__proto__":{"auth":"b2xk"}},"__proto__":{"a":1}}'
    expect(withAuths(before, [], 'f')).toBe(before)
  })

  test.each([
    ['{"auths": {"a": {"auth": "c2VjcmV0"}', 'f is not JSON'],
    ['[]', 'f is not a JSON object'],
    ['"text"', 'f is not a JSON object'],
    ['{"auths": ["x"]}', '"auths" is not a JSON object'],
  ])('refuses %s in one line that names the file and quotes nothing of it', (text, message) => {
    expect(() => withAuths(text, [entry], 'f')).toThrow(message)
    expect(() => withAuths(text, [entry], 'f')).not.toThrow('c2VjcmV0')
  })
})

describe('withCredentialHelper', () => {
  test('sets the helper of each registry and says what was there', () => {
    const before = `{\n  "credHelpers": {\n    "${host}": "ecr-login"\n  },\n  "x": 1\n}\n`
    const {text, changes} = withCredentialHelper(before, 'gantry', [host, other], 'f')
    expect(text).toBe(
      `{\n  "credHelpers": {\n    "${host}": "gantry",\n    "${other}": "gantry"\n  },\n  "x": 1\n}\n`,
    )
    expect(changes).toEqual([
      {registry: host, before: 'ecr-login', after: 'gantry'},
      {registry: other, before: undefined, after: 'gantry'},
    ])
    expect(describeChanges('/home/a/.docker/config.json', changes)).toEqual([
      '/home/a/.docker/config.json',
      '  "credHelpers":',
      `-   "${host}": "ecr-login"`,
      `+   "${host}": "gantry"`,
      `+   "${other}": "gantry"`,
    ])
  })

  test('what is registered already is not written again, odd spacing and all', () => {
    const before = `{ "credHelpers":{"${host}" :"gantry"}}\n\n`
    expect(withCredentialHelper(before, 'gantry', [host], 'f')).toEqual({text: before, changes: []})
  })

  test('a second registration changes nothing', () => {
    const first = withCredentialHelper(undefined, 'gantry', [host], 'f')
    expect(withCredentialHelper(first.text, 'gantry', [host], 'f')).toEqual({text: first.text, changes: []})
  })
})
