import {describe, expect, test} from 'vitest'
import {errorsOf, name} from './registry-support.ts'
import {
  basicAuth,
  dev,
  devHost,
  ecrClient,
  http,
  openSandbox,
  prod,
  putSmallImage,
  region,
} from './support.ts'

describe('which registry', () => {
  test.each([
    devHost,
    `${dev}.dkr.ecr-fips.us-east-1.amazonaws.com`,
    `${dev}.dkr-ecr.eu-west-1.on.aws`,
    `${dev}.dkr.ecr.cn-north-1.amazonaws.com.cn`,
    `${dev}.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn`,
    `${devHost}:443`,
  ])('the host name %s names one', async host => {
    const {url} = await openSandbox()
    expect((await http(`${url}/v2/`, {headers: {host}})).status).toBe(401)
  })

  test('a loopback host names none: then the password does, which it asks for', async () => {
    const sandbox = await openSandbox()
    const client = ecrClient(sandbox, prod)
    await putSmallImage(client, name, 'v1')
    const asked = await http(`${sandbox.url}/v2/`)
    expect(asked).toMatchObject({
      status: 401,
      headers: {
        'www-authenticate': `Basic realm="http://${new URL(sandbox.url).host}/",service="ecr.amazonaws.com"`,
      },
    })
    const authorization = await basicAuth(client)
    const {status} = await http(`${sandbox.url}/v2/${name}/manifests/v1`, {headers: {authorization}})
    expect(status).toBe(200)
    expect(sandbox.requests.at(-1)).toMatchObject({account: prod, region, operation: 'manifest.get'})
  })

  test('a loopback host with a password that was not issued here names none', async () => {
    const {url} = await openSandbox()
    const authorization = `Basic ${Buffer.from('AWS:password').toString('base64')}`
    expect(await http(`${url}/v2/`, {headers: {authorization}})).toMatchObject({
      status: 400,
      text: 'Could not resolve registry id from host 127.0.0.1\n',
    })
  })

  test('the host name counts more than whose password it is', async () => {
    const sandbox = await openSandbox()
    await putSmallImage(ecrClient(sandbox, prod), name, 'v1')
    const authorization = await basicAuth(ecrClient(sandbox, prod))
    const path = `${sandbox.url}/v2/${name}/manifests/v1`
    expect((await http(path, {headers: {authorization, host: devHost}})).status).toBe(403)
  })

  test('a port of its own is one', async () => {
    const sandbox = await openSandbox({registries: [{account: prod, region, port: 0}]})
    const client = ecrClient(sandbox, prod)
    await putSmallImage(client, name, 'v1')
    const url = sandbox.registryUrls.get(`${prod}/${region}`) ?? ''
    const authorization = await basicAuth(client)
    expect((await http(`${url}/v2/${name}/manifests/v1`, {headers: {authorization}})).status).toBe(200)
  })
})

describe('authentication', () => {
  test('without it, the answer is ECR’s challenge', async () => {
    const {url} = await openSandbox()
    const answer = await http(`${url}/v2/`, {headers: {host: devHost}})
    expect(answer).toMatchObject({
      status: 401,
      text: 'Not Authorized\n',
      headers: {'www-authenticate': `Basic realm="https://${devHost}/",service="ecr.amazonaws.com"`},
    })
  })

  test.each([
    ['another user', `Basic ${Buffer.from('me:password').toString('base64')}`],
    ['a made-up password', `Basic ${Buffer.from('AWS:password').toString('base64')}`],
    ['a bearer token', 'Bearer abc'],
  ])('%s is not authorized', async (_, authorization) => {
    const {url} = await openSandbox()
    expect((await http(`${url}/v2/`, {headers: {host: devHost, authorization}})).status).toBe(401)
  })

  test('a password is for one region, and for twelve hours', async () => {
    const sandbox = await openSandbox()
    const authorization = await basicAuth(ecrClient(sandbox))
    const elsewhere = `${dev}.dkr.ecr.us-east-1.amazonaws.com`
    const other = await http(`${sandbox.url}/v2/`, {headers: {host: elsewhere, authorization}})
    expect(other.status).toBe(403)
    await sandbox.setClock(Date.now() + 12 * 60 * 60 * 1000)
    const late = await http(`${sandbox.url}/v2/`, {headers: {host: devHost, authorization}})
    expect(late.status).toBe(403)
    expect(errorsOf(late.text)).toEqual([
      {code: 'DENIED', message: 'Your authorization token has expired. Reauthenticate and try again.'},
    ])
  })
})
