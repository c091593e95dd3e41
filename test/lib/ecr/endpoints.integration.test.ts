import {describe, expect, test} from 'vitest'
import {ecrHost} from '../../../src/lib/ecr/hosts.ts'
import {openRegistry} from '../../../src/lib/ecr/open.ts'
import {openSts} from '../../../src/lib/ecr/sts.ts'
import {basicAuthorizer} from '../../../src/lib/oci/auth.ts'
import {openDistributionRegistry} from '../../../src/lib/oci/distribution.ts'
import {readNetwork} from '../../../src/lib/oci/network.ts'
import {startConnectProxy} from '../../support/connect-proxy.ts'
import {environmentFor, sessionFor} from './stub.ts'

const account = '222222222222'

/** The hosts of STS, of ECR's API and of the registry that a run would speak to, as a proxy hears them. */
async function hostsOf(region: string, useFips: boolean, useDualstack: boolean): Promise<readonly string[]> {
  const proxy = await startConnectProxy()
  const network = readNetwork({HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`})
  const environment = environmentFor({}, {useFips, useDualstack, network})
  const session = {...sessionFor(account), region}
  const context = {signal: environment.signal, now: Date.now, concurrency: 1, retryForMs: 0, onEvent() {}}
  const host = ecrHost({account, region, fips: useFips, dualStack: useDualstack})
  const {registry} = await openRegistry({host, session}, {environment, context})
  const authorizer = basicAuthorizer(
    async () => 'Basic eDp5',
    () => undefined,
  )
  const protocol = openDistributionRegistry({host, authorizer, context, network})
  const refused = {code: 'PROXY_REFUSED', message: expect.stringMatching(/refused to connect \(403\)\.$/)}
  await expect(
    openSts(region, 'aws sso login', environment).getCallerIdentity(session.credentials),
  ).rejects.toMatchObject(refused)
  await expect(registry.describe(['app'])).rejects.toMatchObject(refused)
  await expect(protocol.repository('app').resolve(['v1'])).rejects.toMatchObject(refused)
  registry.close()
  protocol.close()
  return proxy.targets.map(target => target.replace(/:443$/, ''))
}

describe.each([
  // Service endpoints in the AWS General Reference, and the endpoint rules of the SDK.
  ['eu-west-1', 'amazonaws.com', 'api.aws', 'on.aws'],
  ['us-gov-west-1', 'amazonaws.com', 'api.aws', 'on.aws'],
  ['cn-north-1', 'amazonaws.com.cn', 'api.amazonwebservices.com.cn', 'on.amazonwebservices.com.cn'],
  // Dual-stack names of these are what the SDK would use; unconfirmed that they are served.
  ['eusc-de-east-1', 'amazonaws.eu', 'api.amazonwebservices.eu', 'on.amazonwebservices.eu'],
  ['us-iso-east-1', 'c2s.ic.gov', 'api.aws.ic.gov', 'on.aws.ic.gov'],
  ['us-isob-east-1', 'sc2s.sgov.gov', 'api.aws.scloud', 'on.aws.scloud'],
])('in %s', (region, suffix, apiSuffix, registrySuffix) => {
  test('STS, ECR and the registry are asked at their own names', async () => {
    expect(await hostsOf(region, false, false)).toEqual([
      `sts.${region}.${suffix}`,
      `api.ecr.${region}.${suffix}`,
      `${account}.dkr.ecr.${region}.${suffix}`,
    ])
  })

  test('with FIPS all three are FIPS endpoints', async () => {
    // GovCloud's STS is one by its plain name.
    const sts = region.startsWith('us-gov-') ? 'sts' : 'sts-fips'
    expect(await hostsOf(region, true, false)).toEqual([
      `${sts}.${region}.${suffix}`,
      `api.ecr-fips.${region}.${suffix}`,
      `${account}.dkr.ecr-fips.${region}.${suffix}`,
    ])
  })

  test('with dual-stack all three are, and with both they are both', async () => {
    expect(await hostsOf(region, false, true)).toEqual([
      `sts.${region}.${apiSuffix}`,
      `ecr.${region}.${apiSuffix}`,
      `${account}.dkr-ecr.${region}.${registrySuffix}`,
    ])
    expect(await hostsOf(region, true, true)).toEqual([
      `sts-fips.${region}.${apiSuffix}`,
      `ecr-fips.${region}.${apiSuffix}`,
      `${account}.dkr-ecr-fips.${region}.${registrySuffix}`,
    ])
  })
})

test('a registry that is named by its FIPS host is asked about by the FIPS API', async () => {
  const proxy = await startConnectProxy()
  const network = readNetwork({HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`})
  const environment = environmentFor({}, {network})
  const session = {...sessionFor(account), region: 'us-east-1'}
  const context = {signal: environment.signal, now: Date.now, concurrency: 1, retryForMs: 0, onEvent() {}}
  const host = ecrHost({account, region: 'us-east-1', fips: true})
  const {registry} = await openRegistry({host, session}, {environment, context})
  await expect(registry.describe(['app'])).rejects.toMatchObject({code: 'PROXY_REFUSED'})
  registry.close()
  expect(proxy.targets).toEqual(['api.ecr-fips.us-east-1.amazonaws.com:443'])
})

test('a proxy that is full is tried again for the API too, and named in what is said', async () => {
  const proxy = await startConnectProxy({answers: () => 'HTTP/1.1 503 Busy\r\n\r\n'})
  const network = readNetwork({HTTPS_PROXY: `http://me:pr0xy-pass@127.0.0.1:${proxy.port}`})
  const environment = environmentFor({}, {network})
  const asked = openSts('eu-west-1', 'aws sso login', environment).getCallerIdentity(sessionFor().credentials)
  await expect(asked).rejects.toMatchObject({
    code: 'AWS_UNREACHABLE',
    exitCode: 6,
    message: expect.stringMatching(
      /\(\d+ tries\): the proxy 127\.0\.0\.1:\d+ gave no connection: it answered 503\./,
    ),
  })
  await expect(asked).rejects.not.toMatchObject({message: expect.stringContaining('pr0xy-pass')})
  expect(proxy.targets.length).toBeGreaterThan(1)
})
