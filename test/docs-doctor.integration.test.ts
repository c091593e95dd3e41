import {parse as parseArguments} from '@oclif/core/parser'
import {expect, test} from 'vitest'
import Doctor from '../src/commands/doctor.ts'
import {toDoctorResult, viewDoctor} from '../src/lib/cli/doctor-view.ts'
import {plainStyle} from '../src/lib/cli/style.ts'
import {reads} from '../src/lib/doctor/probes.ts'
import {doctorChecks} from '../src/lib/doctor/run.ts'
import {examine} from './lib/doctor/support.ts'
import {openSandbox} from './lib/sandbox/support.ts'
import {read, rowsOf, sectionOf} from './support/pages.ts'
import {expectShownOutputs, shownIn} from './support/shown-outputs.ts'

const guide = 'docs/doctor.md'
const dev = {account: '111111111111', region: 'eu-west-1'}
const prod = {account: '222222222222', region: 'eu-west-1'}
const forgotten = new Set(['ecr:GetLifecyclePolicy', 'ecr:DescribeImageScanFindings'])

/** What the guide's command prints in the world that it shows. */
async function doctor(words: readonly string[]): Promise<string> {
  const {args, baseFlags, flags: ours, strict} = Doctor
  const {flags} = await parseArguments([...words], {args, flags: {...baseFlags, ...ours}, strict})
  const sandbox = await openSandbox({proxy: 0})
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'sts:AssumeRole',
          'ecr:GetAuthorizationToken',
          ...reads.filter(action => !forgotten.has(action)),
        ],
        Resource: '*',
      },
    ],
  }
  await sandbox.seed({
    accounts: [{id: dev.account, user: {policy}}],
    repositories: [dev, prod].map(registry => ({...registry, name: 'app', images: [{tag: 'v1'}]})),
  })
  const {proxy} = sandbox
  const run = await examine(
    {
      env: {
        AWS_ACCESS_KEY_ID: dev.account,
        AWS_SECRET_ACCESS_KEY: 'any',
        HTTPS_PROXY: proxy?.url,
        NODE_EXTRA_CA_CERTS: proxy?.caFile,
      },
      repos: shownIn(guide, 'yaml'),
    },
    flags.account,
  )
  expect(sandbox.requests.filter(({mutating}) => mutating)).toEqual([])
  return viewDoctor(toDoctorResult({...run, durationMs: 800}), plainStyle)
    .replaceAll(/127\.0\.0\.1:\d+/g, 'proxy.example:3128')
    .replaceAll(/\S+(?=[\\/]state[\\/]gantry)/g, '/home/me/.local')
}

test('docs/doctor.md shows what its command prints', async () => {
  await expectShownOutputs(guide, 1, async ([command, ...words]) => {
    expect(command).toBe('doctor')
    return await doctor(words)
  })
})

test('docs/doctor.md tells of every check, and of no other', () => {
  const told = rowsOf(guide, 'What is checked').filter(name => doctorChecks.includes(name))
  expect(told).toEqual(doctorChecks)
  const first = Array.from(
    sectionOf(guide, 'What is checked').matchAll(/^\| `([a-z-]+)` \|/gm),
    ([, id]) => id,
  )
  expect(first).toEqual(doctorChecks)
})

test('docs/doctor.md has the exit codes in the order in which the gravest decides', () => {
  const codes = Array.from(sectionOf(guide, 'Exit codes').matchAll(/^\| (\d) \|/gm), ([, code]) => code)
  expect(codes).toEqual(['0', '2', '5', '6', '4'])
  expect(read(guide)).toContain('--check-timeout')
})
