import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {basicAuth, dev, ecrClient, openSandbox, region} from '../lib/sandbox/support.ts'
import {judge, type Outcome, readExpected} from './conformance/judge.ts'
import {type Candidate, repositories, suites} from './conformance/suites.ts'

const names = ['main', 'v1.1.1'] as const
// A run with fewer tests has not tested what it should.
const fewest = {main: 450, 'v1.1.1': 65}

/** A sandbox at its own port: the password tells which registry is meant. */
async function candidate(strictSpec: boolean): Promise<Candidate> {
  const sandbox = await openSandbox({strictSpec})
  await sandbox.seed({repositories: repositories.map(name => ({account: dev, region, name}))})
  const [, encoded = ''] = (await basicAuth(ecrClient(sandbox))).split(' ')
  const [username = '', password = ''] = Buffer.from(encoded, 'base64').toString().split(':')
  return {url: sandbox.url, username, password}
}

async function expectedOf(suite: string): Promise<ReadonlySet<string>> {
  const file = join(import.meta.dirname, 'conformance', 'expected-failures.txt')
  return readExpected(await readFile(file, 'utf8'), suite)
}

function report(suite: string, mode: string, {passed, failures, skipped}: Outcome): void {
  process.stderr.write(
    `conformance ${suite}, ${mode}: ${passed} passed, ${failures.size} failed, ${skipped} skipped\n`,
  )
}

describe.each(names)('OCI conformance %s', name => {
  const suite = suites[name]

  test.skipIf(suite === undefined)('fails only where ECR is known to deviate', async () => {
    const outcome = await suite?.(await candidate(false))
    if (outcome === undefined) return
    report(name, 'as ECR', outcome)
    expect(judge(outcome, await expectedOf(name))).toEqual({unexpected: [], expectedButNotFailed: []})
    expect(outcome.passed).toBeGreaterThan(fewest[name])
  })

  // The newest draft has every API switched on; the suite of 1.1.1 knows only itself.
  const versions = name === 'main' ? (['1.0', '1.1', 'dev'] as const) : (['1.1'] as const)
  test.skipIf(suite === undefined).each(versions)('of %s passes with strictSpec', async version => {
    const outcome = await suite?.(await candidate(true), version)
    if (outcome === undefined) return
    report(name, `strict ${version}`, outcome)
    expect(judge(outcome, new Set())).toEqual({unexpected: [], expectedButNotFailed: []})
    expect(outcome.passed).toBeGreaterThan(fewest[name])
  })
})
