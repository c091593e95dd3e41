import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Ajv} from 'ajv'
import {expect, test} from 'vitest'
import {runGantry} from '../support/cli.ts'
import {openReplicationWorld, prod, repos} from '../support/replication-world.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

test('shows what is wrong with a route and the statement to add, and says the same in a document of its schema', async () => {
  const world = await openReplicationWorld()
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'repos.yaml'), repos)
  const env = {GANTRY_SANDBOX: world.sandbox.url, GANTRY_CONFIG: join(folder, 'repos.yaml')}
  await world.push('app', [{name: 'one', tags: ['v1']}])
  await world.replicateTo([prod])
  await world.allow(prod, 'ecr:CreateRepository')

  const {status, stdout, stderr} = await runGantry(['replicate-lint', 'dev@eu-west-1/**'], {env})
  expect([status, stderr]).toEqual([3, ''])
  const [route, finding = '', fix, ...rest] = stdout.split('\n')
  expect(route).toBe('dev@eu-west-1 → prod@us-east-1')
  expect(finding).toMatch(
    /^ {2}error {4}app: The policy of prod@us-east-1 does not allow ecr:ReplicateImage .*\[no-replicate-grant\]$/,
  )
  expect(fix).toMatch(/^ {11}Add this statement to the registry's policy in account 222222222222/)
  expect(rest.map(line => line.trim())).toContain(
    '{"Sid":"ReplicationFrom111111111111","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":["ecr:CreateRepository","ecr:ReplicateImage"],"Resource":"arn:aws:ecr:us-east-1:222222222222:repository/*"}',
  )

  const told = await runGantry(['replicate-lint', 'dev@eu-west-1/**', '--json'], {env})
  const document = JSON.parse(told.stdout)
  expect(document).toMatchObject({
    command: 'replicate-lint',
    exitCode: 3,
    summary: {errors: 1, routes: 1, unread: []},
    items: [
      {code: 'no-replicate-grant', repositories: ['app'], statement: {Effect: 'Allow'}},
      {code: 'no-template'},
    ],
  })
  const schema = await readFile(join(import.meta.dirname, '../../schemas/replicate-lint.schema.json'), 'utf8')
  const validate = new Ajv({strict: false}).compile(JSON.parse(schema))
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
})
