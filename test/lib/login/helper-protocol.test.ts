import {describe, expect, test} from 'vitest'
import {
  answerHelper,
  type HelperAnswer,
  type HelperBackend,
  hostOfServer,
} from '../../../src/lib/login/helper-protocol.ts'
import {awsRegistries} from '../../../src/lib/login/registries.ts'

const host = '111111111111.dkr.ecr.eu-west-1.amazonaws.com'

const backend: HelperBackend = {
  owns: candidate => awsRegistries().locate(candidate) !== undefined,
  credential: async asked =>
    await Promise.resolve(backend.owns(asked) ? {username: 'AWS', secret: `for ${asked}`} : undefined),
  hosts: async () => await Promise.resolve([host, 'public.ecr.aws']),
}

async function answer(action: string | undefined, input: string): Promise<HelperAnswer> {
  return await answerHelper({action, input, version: '1.2.3'}, backend)
}

describe('get', () => {
  test.each([
    [`${host}\n`, host],
    [`https://${host}`, `https://${host}`],
    [`https://${host}/v2/`, `https://${host}/v2/`],
    [`${host}/team/app`, `${host}/team/app`],
  ])('answers %j with the server as it was asked for', async (input, server) => {
    const {output, exitCode} = await answer('get', input)
    expect(JSON.parse(output)).toEqual({ServerURL: server, Username: 'AWS', Secret: `for ${host}`})
    expect(exitCode).toBe(0)
  })

  test.each([
    'index.docker.io',
    'https://index.docker.io/v1/',
    'amazonaws.com',
    'ecr.eu-west-1.amazonaws.com',
    `${host}.evil.example`,
    `https://evil.example/${host}`,
    `https://evil.example#${host}`,
    `https://${host}@evil.example/`,
    `https://evil.example\\@${host}`,
    `http://${host}`,
    `ftp://${host}`,
    `${host}:8443`,
    `${host}\r\nevil.example`,
    'x'.repeat(100_000),
  ])('has no credentials for %.60j (T8)', async input => {
    expect(await answer('get', input)).toEqual({
      output: 'credentials not found in native keychain\n',
      exitCode: 1,
    })
  })

  test('an empty request is the error that docker knows', async () => {
    expect(await answer('get', '\n')).toEqual({
      output: 'no credentials server URL\n',
      exitCode: 1,
    })
  })
})

describe('store and erase', () => {
  test('do nothing, quietly, for ECR registries', async () => {
    const credential = JSON.stringify({ServerURL: `https://${host}`, Username: 'AWS', Secret: 's3cret'})
    expect(await answer('store', credential)).toEqual({output: '', exitCode: 0})
    expect(await answer('erase', host)).toEqual({output: '', exitCode: 0})
  })

  test('refuse others in one line that holds no secret', async () => {
    const credential = JSON.stringify({ServerURL: 'ghcr.io', Username: 'me', Secret: 's3cret'})
    const refusal = {
      output: 'docker-credential-gantry keeps credentials for ECR registries only.\n',
      exitCode: 1,
    }
    expect(await answer('store', credential)).toEqual(refusal)
    expect(await answer('erase', 'ghcr.io')).toEqual(refusal)
  })

  test.each(['', 'not json', '[]', '{"ServerURL": 3}'])('store of %j says what is missing', async input => {
    expect(await answer('store', input)).toEqual({
      output: 'no credentials server URL\n',
      exitCode: 1,
    })
  })
})

test('list names every registry with its user', async () => {
  const {output} = await answer('list', '')
  expect(JSON.parse(output)).toEqual({[`https://${host}`]: 'AWS', 'https://public.ecr.aws': 'AWS'})
})

test('version names the program', async () => {
  expect((await answer('version', '')).output).toBe('docker-credential-gantry 1.2.3\n')
})

test('no action and an unknown one show the usage', async () => {
  expect(await answer(undefined, '')).toMatchObject({
    exitCode: 1,
    output: expect.stringContaining('<get|store|erase|list|version>') as string,
  })
  expect((await answer('steal\u001b[2J', '')).output).toMatch(
    /^Unknown credential action "steal\\u001b\[2J"\./,
  )
})

test('hosts are read whole and in lower case', () => {
  expect(hostOfServer('HTTPS://Example.COM:5000/v2/')).toBe('example.com:5000')
  expect(hostOfServer('https://a b')).toBeUndefined()
  expect(hostOfServer('user@example.com')).toBeUndefined()
})
