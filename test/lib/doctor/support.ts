import {join} from 'node:path'
import {expect} from 'vitest'
import {emptyEstate} from '../../../src/lib/config/estate.ts'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {type DoctorRun, type DoctorWorld, type Finding, runDoctor} from '../../../src/lib/doctor/run.ts'
import {readNetwork} from '../../../src/lib/oci/network.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'

export const dev = {account: '111111111111', region: 'eu-west-1'}
export const reposYaml = `
version: 1
accounts:
  dev: {id: "${dev.account}", region: ${dev.region}}
`

/** What would be a secret: none of it may be in anything that is said. */
export const secrets = {
  key: 'pl4nted/secret+key',
  token: 'pl4nted-session-token',
  proxy: 'pl4nted-proxy-pass',
}

type Variables = Readonly<Record<string, string | undefined>>

export interface Around extends Partial<Omit<DoctorWorld, 'estate'>> {
  readonly env?: Variables
  /** Text of repos.yaml; null for none. */
  readonly repos?: string | null
  readonly profile?: string
  readonly sandboxUrl?: string
}

/** `gantry doctor` in a world of its own: nothing of this machine's home, network or credentials. */
export async function examine(around: Around = {}, accounts: readonly string[] = []): Promise<DoctorRun> {
  const home = await temporaryFolder()
  const {repos = reposYaml, env: given = {}, profile, sandboxUrl, ...rest} = around
  const env = {
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
    AWS_CONFIG_FILE: join(home, 'config'),
    ...given,
  }
  const signal = rest.signal ?? new AbortController().signal
  const now = rest.now ?? Date.now
  const run = await runDoctor(
    {accounts},
    {
      env,
      home,
      nodeVersion: '26.1.0',
      records: join(home, 'state', 'gantry', 'records'),
      estate: async () => (repos === null ? emptyEstate : parseEstate(repos, 'repos.yaml')),
      aws: async () => ({
        env,
        now,
        signal,
        defaultProfile: profile,
        sandboxUrl,
        ...(sandboxUrl === undefined ? {network: readNetwork(env)} : {}),
      }),
      region: undefined,
      now,
      signal,
      limitMs: 10_000,
      deadlineAfter: ms => AbortSignal.timeout(ms),
      ...rest,
    },
  )
  for (const secret of Object.values(secrets)) expect(JSON.stringify(run)).not.toContain(secret)
  for (const {message, fixes} of run.findings)
    expect([message, ...fixes].filter(line => /\n|^$| at .*:\d+:\d+\)/.test(line))).toEqual([])
  return run
}

/** The finding of one check, of the first place that has it. */
export function findingOf({findings}: Pick<DoctorRun, 'findings'>, check: string): Finding {
  const found = findings.find(each => each.check === check)
  if (found === undefined) throw new Error(`no check ${check}`)
  return found
}

/** Each check with its status, in order. */
export function statuses({findings}: DoctorRun): Record<string, string> {
  return Object.fromEntries(findings.map(({check, status}) => [check, status]))
}
