import {describe, expect, test} from 'vitest'
import {http} from '../lib/sandbox/support.ts'
import {goTool} from '../support/go-tools.ts'
import {accounts, openToolHome, region, type ToolHome} from './tool-home.ts'
import {go} from './versions.ts'

const helper = (await goTool(go.credentialHelper)) ?? ''
const devHost = `${accounts.dev}.dkr.ecr.${region}.amazonaws.com`

/** The newest takes AWS_ENDPOINT_URL; older ones need the sandbox's proxy. */
async function openHelper() {
  const home = await openToolHome()
  const program = ['env', `AWS_ENDPOINT_URL=${home.sandbox.url}`, helper] as const
  const get = async (host: string) => {
    const said = await home.feed(host, ...program, 'get')
    return JSON.parse(said) as {Username: string; Secret: string}
  }
  return {home, program, get}
}

describe.skipIf(helper === '')("AWS's credential helper", () => {
  test('has a password that opens the registry', async () => {
    const {home, get} = await openHelper()
    const {Username, Secret} = await get(devHost)
    expect(Username).toBe('AWS')
    expect(await statusWith(home, Secret)).toBe(200)
    expect(await statusWith(home, 'wrong')).toBe(401)
  })

  test('keeps the password instead of asking for one each time', async () => {
    const {home, get} = await openHelper()
    const first = await get(devHost)
    home.sandbox.clearRequests()
    expect(await get(devHost)).toEqual(first)
    expect(home.sandbox.requests).toEqual([])
  })

  test('has a password for ECR Public, and lists the registries that it knows', async () => {
    const {home, program, get} = await openHelper()
    expect(await get('public.ecr.aws')).toMatchObject({Username: 'AWS'})
    expect(JSON.parse(await home.run(...program, 'list'))).toEqual({
      [`https://${devHost}`]: 'AWS',
      'https://public.ecr.aws': 'AWS',
    })
  })

  test('knows hosts of AWS alone', async () => {
    const {home, get} = await openHelper()
    await expect(get(home.hosts.dev)).rejects.toThrow('credentials not found')
  })
})

async function statusWith({hosts}: ToolHome, password: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`
  return (await http(`http://${hosts.dev}/v2/`, {headers: {authorization}})).status
}
