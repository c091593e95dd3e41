import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {goTool} from '../support/go-tools.ts'
import {digestsOfLayout, writeLayout} from '../support/layout.ts'
import {has, pathOf} from '../support/peers.ts'
import {pythonPrograms} from '../support/python-tools.ts'
import {openProxiedHome, type ProxiedHome} from './proxied-home.ts'
import {buildTwoPlatforms, digestsOf} from './registry-tool.ts'
import {accounts, linesOf, passwordOf, region} from './tool-home.ts'
import {go, python} from './versions.ts'

const skopeo = ['skopeo', '--insecure-policy'] as const
const name = 'team/app'

/** A home with an index of two platforms in a layout, `built:v1`, and by skopeo in dev's repository. */
async function pushed() {
  const home = await openProxiedHome([name])
  const image = await buildTwoPlatforms()
  await writeLayout(join(home.folder, 'built'), image, 'v1')
  const {dev} = home.hosts
  const password = await passwordOf(home.sandbox, 'dev')
  await home.feed(password, ...skopeo, 'login', '--username', 'AWS', '--password-stdin', dev)
  await home.run(...skopeo, 'copy', '--all', 'oci:built:v1', `docker://${dev}/${name}:v1`)
  return {home, image, repository: `${dev}/${name}`, registry: dev}
}

/** Lets tools that read Docker's settings ask a credential helper for this registry. */
async function useHelper({env}: ProxiedHome, registry: string): Promise<void> {
  const settings = JSON.stringify({credHelpers: {[registry]: 'ecr-login'}})
  await writeFile(join(env['DOCKER_CONFIG'] ?? '', 'config.json'), settings)
}

describe.skipIf(!has('skopeo'))('with a registry that skopeo pushed to', () => {
  test('skopeo pulls the same bytes from it, redirected to S3', async () => {
    const {home, image, repository} = await pushed()
    await home.run(...skopeo, 'copy', '--all', `docker://${repository}:v1`, 'oci:pulled:v1')
    expect(await digestsOfLayout(join(home.folder, 'pulled'))).toEqual(digestsOf(image))
    const hosts = home.sandbox.requests.flatMap(({plane, host}) => (plane === 'download' ? [host] : []))
    expect(new Set(hosts)).toEqual(
      new Set([`prod-${region}-starport-layer-bucket.s3.${region}.amazonaws.com`]),
    )
  })

  test('skopeo copies into another account', async () => {
    const {home, image, repository} = await pushed()
    const password = await passwordOf(home.sandbox, 'prod')
    await home.feed(password, ...skopeo, 'login', '--username', 'AWS', '--password-stdin', home.hosts.prod)
    const target = `docker://${home.hosts.prod}/${name}:v1`
    await home.run(...skopeo, 'copy', '--all', `docker://${repository}:v1`, target)
    const digest = await home.run(...skopeo, 'inspect', '--no-tags', '--format', '{{.Digest}}', target)
    expect(digest).toBe(image.root.digest)
  })

  test.skipIf(!has('podman'))('podman pulls from it', async () => {
    const {home, repository} = await pushed()
    const storage = ['--storage-driver=vfs', `--root=${home.folder}/root`, `--runroot=${home.folder}/runroot`]
    await home.run('podman', ...storage, 'pull', '--quiet', `${repository}:v1`)
    const images = await home.run('podman', ...storage, 'images', '--format', '{{.Repository}}:{{.Tag}}')
    expect(linesOf(images)).toEqual([`${repository}:v1`])
  })

  test.skipIf(!has('docker'))('the Docker CLI logs in, and reads from it', async () => {
    const {home, registry, repository} = await pushed()
    const password = await passwordOf(home.sandbox, 'dev')
    expect(
      await home.feed(password, 'docker', 'login', '--username', 'AWS', '--password-stdin', registry),
    ).toContain('Login Succeeded')
    const manifest = await home.run('docker', 'manifest', 'inspect', `${repository}:v1`)
    expect(JSON.parse(manifest)).toMatchObject({schemaVersion: 2})
  })

  test.skipIf(!has('docker', 'docker-credential-ecr-login'))(
    "the Docker CLI reads from it by AWS's credential helper",
    async () => {
      const {home, registry, repository} = await pushed()
      expect(await home.refusal('docker', 'manifest', 'inspect', `${repository}:v1`)).toMatch(
        /no basic auth|unauthorized/i,
      )
      await useHelper(home, registry)
      const manifest = await home.run('docker', 'manifest', 'inspect', `${repository}:v1`)
      expect(JSON.parse(manifest)).toMatchObject({schemaVersion: 2})
    },
  )

  test('crane reads from it by the newest credential helper', async ({skip}) => {
    const [crane, helper] = await Promise.all([goTool(go.crane), goTool(go.credentialHelper)])
    if (crane === undefined || helper === undefined) return skip('crane or the helper cannot be built here')
    const {home, image, registry, repository} = await pushed()
    await useHelper(home, registry)
    const path = `PATH=${join(helper, '..')}:${home.env['PATH']}`
    expect(await home.run('env', path, crane, 'digest', `${repository}:v1`)).toBe(image.root.digest)
  })
})

describe.skipIf(!has('docker-credential-ecr-login'))("AWS's credential helper", () => {
  test.each([
    `${accounts.dev}.dkr.ecr.${region}.amazonaws.com`,
    `${accounts.dev}.dkr.ecr.us-east-1.amazonaws.com`,
    `${accounts.dev}.dkr.ecr.cn-north-1.amazonaws.com.cn`,
  ])('has a password for %s', async registry => {
    const home = await openProxiedHome()
    const answer = await home.feed(registry, 'docker-credential-ecr-login', 'get')
    const {Username, Secret} = JSON.parse(answer) as Record<string, string>
    expect(Username).toBe('AWS')
    if (!has('skopeo')) return
    await home.feed(Secret ?? '', ...skopeo, 'login', '--username', 'AWS', '--password-stdin', registry)
  })
})

const awsPrograms = {
  // Debian's knows ECR as it was in 2023, and no AWS_ENDPOINT_URL.
  'AWS CLI of this machine': () => Promise.resolve(pathOf('aws')),
  'AWS CLI of PyPI': async () => {
    const programs = await pythonPrograms(python.awscli)
    return programs === undefined ? undefined : join(programs, 'aws')
  },
}

describe.each(Object.entries(awsPrograms))('%s', (_, find) => {
  test('works without an endpoint of its own', async ({skip}) => {
    const aws = await find()
    if (aws === undefined) return skip('there is none')
    const home = await openProxiedHome()
    const caller = await home.run(aws, 'sts', 'get-caller-identity', '--query', 'Account')
    expect(JSON.parse(caller)).toBe(accounts.dev)
    await home.run(aws, 'ecr', 'create-repository', '--repository-name', name)
    for (const dualStack of ['false', 'true']) {
      const query = ['--query', 'repositories[].repositoryUri']
      const command = [aws, 'ecr', 'describe-repositories', ...query]
      const uris = await home.run('env', `AWS_USE_DUALSTACK_ENDPOINT=${dualStack}`, ...command)
      expect(JSON.parse(uris)).toEqual([`${home.hosts.dev}/${name}`])
    }
    const hosts = home.sandbox.requests.map(({host}) => host)
    // Older ones have a name for the dual-stack API that newer ones do not have any more.
    expect(hosts).toEqual([
      `sts.${region}.amazonaws.com`,
      `api.ecr.${region}.amazonaws.com`,
      `api.ecr.${region}.amazonaws.com`,
      expect.stringMatching(/^(api\.)?ecr\.eu-west-1\.api\.aws$/),
    ])
  })

  test.skipIf(!has('skopeo'))('has a password for skopeo', async ({skip}) => {
    const aws = await find()
    if (aws === undefined) return skip('there is none')
    const {home, repository, registry} = await pushed()
    await home.run(...skopeo, 'logout', registry)
    const password = await home.run(aws, 'ecr', 'get-login-password')
    await home.feed(password, ...skopeo, 'login', '--username', 'AWS', '--password-stdin', registry)
    const {Tags} = JSON.parse(await home.run(...skopeo, 'list-tags', `docker://${repository}`)) as {
      Tags: string[]
    }
    expect(Tags).toEqual(['v1'])
  })

  test.skipIf(!has('skopeo', 'curl'))('has links to layers which curl follows', async ({skip}) => {
    const aws = await find()
    if (aws === undefined) return skip('there is none')
    const {home, image} = await pushed()
    const [layer] = image.manifests.flatMap(({blobs}) => blobs)
    const digest = layer?.digest ?? ''
    const what = ['--repository-name', name, '--layer-digest', digest, '--query', 'downloadUrl']
    const url = await home.run(aws, 'ecr', 'get-download-url-for-layer', ...what, '--output', 'text')
    await home.run('curl', '--silent', '--show-error', '--fail', '--output', 'layer', url)
    expect(await home.run('sha256sum', 'layer')).toBe(`${digest.replace('sha256:', '')}  layer`)
  })
})

const boto3 = `
import boto3, urllib.request
ecr = boto3.client('ecr')
print(boto3.client('sts').get_caller_identity()['Account'])
image = ecr.batch_get_image(repositoryName='team/app', imageIds=[{'imageTag': 'v1'}])['images'][0]
print(image['imageId']['imageDigest'])
`

test.skipIf(!has('skopeo'))('boto3 works without an endpoint of its own', async ({skip}) => {
  const programs = await pythonPrograms(python.boto3)
  if (programs === undefined) return skip('boto3 is not to be had here')
  const {home, image} = await pushed()
  const said = await home.feed(boto3, join(programs, 'python'), '-')
  expect(linesOf(said)).toEqual([accounts.dev, image.root.digest])
})

test.skipIf(!has('curl'))('no tool gets anywhere else', async () => {
  const home = await openProxiedHome()
  expect(await home.refusal('curl', '--silent', '--show-error', 'https://example.com/')).toContain('403')
})
