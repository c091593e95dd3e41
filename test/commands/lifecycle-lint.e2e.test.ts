import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {runGantry} from '../support/cli.ts'
import {openLifecycleWorld, policyText} from '../support/lifecycle-world.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

const trap = policyText({
  rulePriority: 1,
  description: 'releases',
  selection: {
    tagStatus: 'tagged',
    tagPrefixList: ['v', 'release-'],
    countType: 'imageCountMoreThan',
    countNumber: 20,
  },
  action: {type: 'expire'},
})

/** A folder with two policies: one that ECR takes, and one that it does not. */
async function folderOfPolicies(): Promise<string> {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'trap.json'), trap)
  await writeFile(join(folder, 'bad.json'), '{"rules": [{"rulePriority": 0}]}')
  return folder
}

test('people are shown each finding at its place, with what to do', async () => {
  const cwd = await folderOfPolicies()
  const {status, stdout, stderr} = await runGantry(['lifecycle', 'lint', '--policy', 'trap.json'], {cwd})
  expect({status, stderr}).toEqual({status: 0, stderr: ''})
  expect(stdout).toMatch(/^trap\.json\n/)
  expect(stdout).toMatch(/warning +1:\d+ The list needs .*\[and-trap\]\n +Write 2 rules/)
  expect(stdout).toContain('0 errors, 1 warning, 1 note in 1 file')
})

test('the exit code is 3 from the severity on that is asked for', async () => {
  const cwd = await folderOfPolicies()
  const lint = async (...args: string[]) => (await runGantry(['lifecycle', 'lint', ...args], {cwd})).status
  expect(await lint('--policy', 'trap.json', '--fail-on', 'warning')).toBe(3)
  expect(await lint('--policy', 'bad.json')).toBe(3)
  expect(await lint('--policy', 'trap.json', '--json', '--format', 'sarif')).toBe(2)
})

test('--json prints one document with the findings of all files, faults of the grammar among them', async () => {
  const cwd = await folderOfPolicies()
  const args = ['lifecycle', 'lint', '--policy', 'bad.json', '--policy', 'trap.json', '--json']
  const {stdout} = await runGantry(args, {cwd})
  const document = JSON.parse(stdout) as {items: {code: string; where: {file: string}; severity: string}[]}
  expect(document).toMatchObject({
    command: 'lifecycle lint',
    exitCode: 3,
    summary: {files: 2, repositories: 0},
  })
  expect(document.items.find(({where}) => where.file === 'bad.json')).toMatchObject({severity: 'error'})
  expect(document.items.map(({code}) => code)).toContain('and-trap')
})

test('--format sarif prints a log with the places in the files', async () => {
  const cwd = await folderOfPolicies()
  const args = ['lifecycle', 'lint', '--policy', 'trap.json', '--format', 'sarif']
  const {stdout} = await runGantry(args, {cwd})
  const log = JSON.parse(stdout) as {version: string; runs: {results: {ruleId: string}[]}[]}
  expect(log.version).toBe('2.1.0')
  expect(log.runs[0]?.results[0]).toMatchObject({
    ruleId: 'and-trap',
    level: 'warning',
    locations: [{physicalLocation: {artifactLocation: {uri: 'trap.json'}, region: {startLine: 1}}}],
  })
})

test('without files the repositories are judged', async () => {
  const world = await openLifecycleWorld()
  const place = {account: '111111111111', region: 'eu-west-1', name: 'app'}
  const {fill} = world
  await fill({...place, images: [{name: 'a', tags: ['v1'], pushed: 3}]})
  const config = join(world.folder, 'repos.yaml')
  await writeFile(config, 'version: 1\naccounts:\n  dev: {id: "111111111111", region: eu-west-1}\n')
  const env = {GANTRY_SANDBOX: world.sandbox.url, GANTRY_CONFIG: config}
  const {status, stdout} = await runGantry(['lifecycle', 'lint', 'app'], {env})
  expect(status).toBe(0)
  expect(stdout).toMatch(/^dev@eu-west-1 app\n +warning +There is no lifecycle policy: 1 image/)
  world.expectNoMutation()
})
