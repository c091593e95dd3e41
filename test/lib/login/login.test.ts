import {readFile, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {BugError, DeniedError, TransientError} from '../../../src/lib/errors.ts'
import {loginAuthfile, loginTools} from '../../../src/lib/login/login.ts'
import type {RunContext} from '../../../src/lib/login/run-tool.ts'
import type {LoginTarget} from '../../../src/lib/login/targets.ts'
import type {IssueToken, Token} from '../../../src/lib/login/tokens.ts'
import {chooseTools, type Environment, type ToolName} from '../../../src/lib/login/tools.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {fakeTools} from './fake-tools.ts'

const password = `eyJ${'pYXlsb2FkIjoi'.repeat(150)}==`
const token: Token = {
  username: 'AWS',
  password,
  expiresAt: new Date('2026-11-21T12:00:00Z'),
  principal: 'arn:aws:iam::111111111111:role/dev',
}
const a = target('111111111111')
const b = target('222222222222')

function target(account: string): LoginTarget {
  const registry = `${account}.dkr.ecr.eu-west-1.amazonaws.com`
  return {
    registry,
    awsHost: registry,
    plainHttp: false,
    visibility: 'private',
    alias: undefined,
    account,
    region: 'eu-west-1',
  }
}

const issue: IssueToken = async () => await Promise.resolve(token)

function issueBut(failing: LoginTarget, error: Error): IssueToken {
  return async asked => await (asked === failing ? Promise.reject(error) : Promise.resolve(token))
}

function context(env: Environment, signal = new AbortController().signal): RunContext {
  return {env, cwd: tmpdir(), signal, toolTimeoutMs: 30_000}
}

async function run(
  programs: Readonly<Record<string, string>>,
  options: {targets?: readonly LoginTarget[]; issue?: IssueToken} = {},
) {
  const tools = await fakeTools(programs)
  const chosen = await chooseTools(Object.keys(programs) as ToolName[], tools.env)
  const result = await loginTools(options.targets ?? [a], chosen, options.issue ?? issue, context(tools.env))
  return {result, calls: await tools.calls()}
}

describe('loginTools', () => {
  test('gives the password on standard input and nowhere else (T63)', async () => {
    const {result, calls} = await run({docker: '', podman: ''}, {targets: [a, b]})
    expect(calls.map(({stdin}) => stdin)).toEqual(Array.from({length: 4}, () => password))
    for (const {argv, env, proc} of calls) {
      expect(argv).not.toContain(password)
      expect(JSON.stringify([argv, env, proc])).not.toContain(password.slice(0, 40))
      expect(env['CANARY']).toBe('kept')
    }
    expect(JSON.stringify(result)).not.toContain(password.slice(0, 40))
    expect(result.exitCode).toBe(0)
  })

  test('tells for each tool and registry what was done, by whom and until when', async () => {
    const {result} = await run({skopeo: ''})
    expect(result.items).toEqual([
      {
        registry: a.registry,
        account: '111111111111',
        region: 'eu-west-1',
        alias: null,
        principal: 'arn:aws:iam::111111111111:role/dev',
        tool: 'skopeo',
        expiresAt: '2026-11-21T12:00:00.000Z',
        outcome: 'logged in',
        error: null,
      },
    ])
  })

  test('shows what a failing tool said on one line, cut, without the password in any form (T63)', async () => {
    const {result} = await run({
      docker: `
        process.stderr.write('Error:\\u001b[31m no\\r\\nway ' + stdin + ' ' + stdin.slice(10, 90) + ' ')
        process.stderr.write(Buffer.from('AWS:' + stdin).toString('base64') + ' ' + encodeURIComponent(stdin))
        process.stderr.write(' end' + '.'.repeat(5000))
        process.exitCode = 3`,
    })
    const message = result.items[0]?.error?.message ?? ''
    expect(message).toContain(
      `docker login to ${a.registry} failed (exit 3): Error:\\u{1b}[31m no way [credentials]`,
    )
    expect(message).not.toMatch(/\n|\r/)
    expect(message.length).toBeLessThan(500)
    for (const form of [password, Buffer.from(`AWS:${password}`).toString('base64')]) {
      for (let start = 0; start + 20 <= form.length; start += 13) {
        expect(message).not.toContain(form.slice(start, start + 20))
      }
    }
    expect(result.exitCode).toBe(4)
  })

  test('an account without permission stops no other: exit 4', async () => {
    const denied = new DeniedError('ACCESS_DENIED', 'not allowed')
    const {result, calls} = await run({docker: ''}, {targets: [a, b], issue: issueBut(a, denied)})
    expect(result.items).toMatchObject([
      {registry: a.registry, outcome: 'failed', principal: null, error: {code: 'ACCESS_DENIED'}},
      {registry: b.registry, outcome: 'logged in', error: null},
    ])
    expect(calls).toHaveLength(1)
    expect(result.exitCode).toBe(4)
  })

  test.each([
    [new DeniedError('ACCESS_DENIED', 'not allowed'), 5],
    [new TransientError('THROTTLED', 'later'), 6],
  ])('when all fail for one reason the exit code is that reason’s', async (error, exitCode) => {
    const {result} = await run({docker: ''}, {issue: issueBut(a, error)})
    expect(result.exitCode).toBe(exitCode)
  })

  test('a bug is not an item', async () => {
    await expect(run({docker: ''}, {issue: issueBut(a, new BugError('impossible'))})).rejects.toThrow(
      'impossible',
    )
  })

  test('tools that write the same file run one after the other', async () => {
    const overlap = `
      const lock = require('node:path').join(require('node:path').dirname(process.argv[1]), 'lock')
      fs.mkdirSync(lock)
      setTimeout(() => fs.rmdirSync(lock), 50)`
    const {result, calls} = await run({podman: overlap, skopeo: overlap}, {targets: [a, b]})
    expect(result.items.map(({error}) => error)).toEqual([null, null, null, null])
    expect(calls).toHaveLength(4)
  })

  test('a tool that does not end is stopped: exit 6', async () => {
    const {env} = await fakeTools({docker: 'setInterval(() => {}, 1000)'})
    const tools = await chooseTools(['docker'], env)
    const result = await loginTools([a], tools, issue, {...context(env), toolTimeoutMs: 1000})
    expect(result.items[0]?.error?.message).toBe(`docker login to ${a.registry} did not end within 1 s.`)
    expect(result.exitCode).toBe(6)
  })

  test('an abort stops the tool and ends the run with its reason', async () => {
    const {env} = await fakeTools({docker: ''})
    const tools = await chooseTools(['docker'], env)
    const signal = AbortSignal.abort(new Error('interrupted'))
    await expect(loginTools([a], tools, issue, context(env, signal))).rejects.toThrow('interrupted')
  })
})

describe('loginAuthfile', () => {
  async function file(): Promise<string> {
    return join(await temporaryFolder(), 'auth.json')
  }

  test('writes all passwords in one step and keeps what was there', async () => {
    const path = await file()
    await writeFile(path, '{"auths":{"ghcr.io":{"auth":"b2xk"}},"other":1}')
    const result = await loginAuthfile([a, b], path, issue)
    const auth = Buffer.from(`AWS:${password}`).toString('base64')
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      auths: {'ghcr.io': {auth: 'b2xk'}, [a.registry]: {auth}, [b.registry]: {auth}},
      other: 1,
    })
    expect(result.items).toMatchObject([{tool: 'authfile', outcome: 'logged in'}, {tool: 'authfile'}])
    expect(JSON.stringify(result)).not.toContain(password)
  })

  test('the registries that could be had are written when another could not', async () => {
    const path = await file()
    const result = await loginAuthfile([a, b], path, issueBut(a, new DeniedError('ACCESS_DENIED', 'no')))
    expect(Object.keys((JSON.parse(await readFile(path, 'utf8')) as {auths: object}).auths)).toEqual([
      b.registry,
    ])
    expect(result).toMatchObject({exitCode: 4, items: [{outcome: 'failed'}, {outcome: 'logged in'}]})
  })

  test('a file that cannot be used is refused before any password is asked for', async () => {
    const path = await file()
    await writeFile(path, 'not json')
    const asked: LoginTarget[] = []
    const counting: IssueToken = async asking => {
      asked.push(asking)
      return await Promise.resolve(token)
    }
    await expect(loginAuthfile([a], path, counting)).rejects.toThrow('is not JSON')
    expect(asked).toEqual([])
    expect(await readFile(path, 'utf8')).toBe('not json')
  })
})
