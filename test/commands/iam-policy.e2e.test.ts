import {readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {runGantry} from '../support/cli.ts'
import {expectDocument} from '../support/schemas.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

const repos = `version: 1
accounts:
  dev: {id: "111111111111", region: eu-west-1}
  prod: {id: "222222222222", region: eu-west-1, via: dev}
promotions:
  release: {from: dev, to: [prod], repositories: ["team/*"]}
`

async function gantry(...words: readonly string[]) {
  const cwd = await temporaryFolder()
  await writeFile(join(cwd, 'repos.yaml'), repos)
  return {cwd, ...(await runGantry(['iam', 'policy', ...words], {cwd}))}
}

describe('gantry iam policy', () => {
  test('prints all policies as one document, and what is doubtful beside it', async () => {
    const {status, stdout, stderr} = await gantry('promote')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      identities: {dev: {Version: '2012-10-17'}},
      repositories: {
        'prod@eu-west-1/team/*': {Statement: [{Principal: {AWS: 'arn:aws:iam::111111111111:root'}}]},
      },
    })
    expect(stderr).toContain('Warning: The * of "team/*" ends at a slash')
  })

  test('prints the policy of one account as IAM takes it', async () => {
    const {status, stdout} = await gantry('login', '--account', 'dev')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {Sid: 'Registries', Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: ['*']},
      ],
    })
  })

  test('prints a document that its schema tells of', async () => {
    const {stdout} = await gantry('promote --create-repositories', 'rollback', '--json')
    const document: unknown = JSON.parse(stdout)
    expectDocument('iam-policy.schema.json', document)
    expect(document).toMatchObject({
      command: 'iam policy',
      summary: {commands: ['promote --create-repositories', 'rollback'], policies: 3},
      items: [{kind: 'identity', file: null}, {kind: 'repository'}, {kind: 'registry'}],
    })
  })

  test('writes each policy into a file of a folder that it makes', async () => {
    const {cwd, stdout} = await gantry('promote', '--out', 'new/policies')
    const files = await readdir(join(cwd, 'new', 'policies'))
    expect(files.toSorted()).toEqual(['dev.identity.json', 'prod_eu-west-1_team_any.repository.json'])
    for (const file of files) {
      expect(stdout).toContain(file)
      const policy: unknown = JSON.parse(await readFile(join(cwd, 'new', 'policies', file), 'utf8'))
      expect(policy).toMatchObject({Version: '2012-10-17'})
    }
  })

  test.each([
    [[], 'Say which commands the policy is for'],
    [['promoet'], 'Did you mean "promote"?'],
    [['promote', '--account', 'nobody'], 'names no account "nobody"'],
    [['inventory', '--repository', 'A'], '--repository "A" is no pattern of repositories'],
    [['promote', '--out', 'repos.yaml'], 'The policies cannot be written to repos.yaml'],
  ])('refuses %j in one line, exit 2', async (words, message) => {
    const {status, stdout, stderr} = await gantry(...words)
    expect({status, stdout}).toEqual({status: 2, stdout: ''})
    expect(stderr).toContain(message)
  })
})
