import {existsSync} from 'node:fs'
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {gunzipSync} from 'node:zlib'
import {describe, expect, test} from 'vitest'
import {http} from '../lib/sandbox/support.ts'
import {pythonPrograms} from '../support/python-tools.ts'
import {testApiAutomation} from './api-automation.ts'
import {awsCliClient} from './api-client.ts'
import {putImage, repositoryName, testApiClient} from './api-scenario.ts'
import {testApiSettings} from './api-settings.ts'
import {accounts, linesOf, openToolHome, type ToolHome} from './tool-home.ts'
import {python} from './versions.ts'

type Command = readonly [string, ...string[]]

const debian = '/usr/bin/aws'
const programs = await pythonPrograms(python.awscli, python.boto3)

/** Debian's is older than most of ECR's operations: it gets their model from botocore. */
const commands: Readonly<Record<string, ((home: ToolHome) => Promise<Command>) | undefined>> = {
  "Debian's AWS CLI":
    programs !== undefined && existsSync(debian)
      ? async home => ['env', `AWS_DATA_PATH=${await modelFolder(home, programs)}`, debian]
      : undefined,
  'the newest AWS CLI': programs === undefined ? undefined : async () => [join(programs, 'aws')],
}

describe.each(Object.entries(commands))('%s', (_, commandIn) => {
  const usable = commandIn !== undefined
  const open = async () => {
    const home = await openToolHome()
    return awsCliClient(home, (await commandIn?.(home)) ?? [''])
  }

  describe.runIf(usable)('with its own options and documents', () => {
    testApiClient(open)
    testApiAutomation(open)
    testApiSettings(open)
  })

  test.runIf(usable)('has a password that opens the registry', async () => {
    const {home, aws} = await openCli()
    const password = await home.run(...aws, 'ecr', 'get-login-password')
    const authorization = `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`
    const registry = `http://${home.hosts.dev}/v2/`
    expect(await http(registry)).toMatchObject({status: 401})
    expect(await http(registry, {headers: {authorization}})).toMatchObject({status: 200})
    const publicly = ['ecr-public', 'get-login-password', '--region', 'us-east-1']
    expect(await home.run(...aws, ...publicly)).toMatch(/^[\w+/=]{100,}$/)
  })

  test.runIf(usable)('reads images by shorthand and query, and pages as it is told', async () => {
    const {home, aws} = await openCli()
    const client = awsCliClient(home, aws)
    await client.call('CreateRepository', {repositoryName})
    const digests = new Map<string, string>()
    for (const tag of ['v1', 'v2', 'v3']) digests.set(tag, await putImage(client, tag))
    const ecr = (...args: string[]) => home.run(...aws, 'ecr', ...args, '--output', 'text')
    const named = ['--repository-name', repositoryName]

    const query = ['--query', 'imageDetails[0].imageDigest']
    expect(await ecr('describe-images', ...named, '--image-ids', 'imageTag=v2', ...query)).toBe(
      digests.get('v2'),
    )
    const tags = ['--query', 'imageIds[].[imageTag]']
    const listed = await ecr('list-images', ...named, '--page-size', '1', ...tags)
    expect(linesOf(listed).toSorted()).toEqual(['v1', 'v2', 'v3'])
    const first = await client.home.run(...aws, 'ecr', 'list-images', ...named, '--max-items', '2')
    const {imageIds, NextToken} = JSON.parse(first) as {imageIds: object[]; NextToken: string}
    expect(imageIds).toHaveLength(2)
    const rest = await ecr('list-images', ...named, '--starting-token', NextToken, ...tags)
    expect(linesOf(rest)).toHaveLength(1)

    await ecr(
      'batch-delete-image',
      ...named,
      '--image-ids',
      'imageTag=v1',
      `imageDigest=${digests.get('v2')}`,
    )
    expect(await ecr('list-images', ...named, ...tags)).toBe('v3')
  })

  test.runIf(usable)('knows who it is, and becomes a role', async () => {
    const {home, aws} = await openCli()
    const identity = await home.run(...aws, 'sts', 'get-caller-identity')
    expect(JSON.parse(identity)).toMatchObject({
      Account: accounts.dev,
      Arn: `arn:aws:iam::${accounts.dev}:user/sandbox`,
    })
    const role = ['--role-arn', `arn:aws:iam::${accounts.prod}:role/release`, '--role-session-name', 'ci']
    const assumed = await home.run(...aws, 'sts', 'assume-role', ...role)
    const {Credentials: keys} = JSON.parse(assumed) as {Credentials: Record<string, string>}
    const variables = {
      AWS_ACCESS_KEY_ID: keys['AccessKeyId'],
      AWS_SECRET_ACCESS_KEY: keys['SecretAccessKey'],
      AWS_SESSION_TOKEN: keys['SessionToken'],
    }
    const as = ['env', ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)] as const
    const arn = `arn:aws:sts::${accounts.prod}:assumed-role/release/ci`
    expect(JSON.parse(await home.run(...as, ...aws, 'sts', 'get-caller-identity'))).toMatchObject({Arn: arn})
    await home.run(...as, ...aws, 'ecr', 'create-repository', '--repository-name', 'of/prod')
    expect(
      await home.refusal(...aws, 'ecr', 'describe-repositories', '--repository-names', 'of/prod'),
    ).toContain(`in the registry with id '${accounts.dev}'`)
  })

  /** The command line with the sandbox as its endpoint. */
  async function openCli() {
    const home = await openToolHome()
    const command: Command = (await commandIn?.(home)) ?? ['']
    const aws: Command = [...command, '--endpoint-url', home.sandbox.url]
    return {home, aws}
  }
})

/** A folder for AWS_DATA_PATH with the model of ECR that the newest botocore has, unpacked as the old one reads it. */
async function modelFolder(home: ToolHome, bin: string): Promise<string> {
  const models = join(home.folder, 'models')
  const target = join(models, 'ecr', '2015-09-21')
  await mkdir(target, {recursive: true})
  const libraries = join(bin, '..', 'lib')
  const [version = ''] = await readdir(libraries)
  const source = join(libraries, version, 'site-packages', 'botocore', 'data', 'ecr', '2015-09-21')
  for (const file of await readdir(source)) {
    const bytes = await readFile(join(source, file))
    await writeFile(join(target, basename(file, '.gz')), file.endsWith('.gz') ? gunzipSync(bytes) : bytes)
  }
  return models
}
