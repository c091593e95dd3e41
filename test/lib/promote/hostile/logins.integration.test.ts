import {expect, test} from 'vitest'
import {basicValue} from '../../../../src/lib/oci/auth.ts'
import {basicChallenge, image, serve} from '../../../support/hostile/behaviour.ts'
import {useScene} from '../../../support/hostile/scene.ts'
import type {HostileRegistry} from '../../../support/hostile-registry.ts'

const current = useScene()

test('a login is for its own registry: between two of them, each sees its own', async () => {
  const {world, registry, bystander, login} = current()
  const other = {username: 'other', password: 'other-password'}
  serve(registry, image, 'v1')
  registry.script('GET', '/v2/', basicChallenge)
  bystander.script('HEAD', '/v2/', basicChallenge)
  const credentialsFor = (host: string) => Promise.resolve(host === registry.host ? login : other)
  const words = {from: undefined, to: [bystander.host]}
  expect(await world.promote([`${registry.host}/app:v1`], words, {credentialsFor})).toMatchObject({
    exitCode: 0,
  })
  const seen = (server: HostileRegistry) =>
    new Set(server.requests.map(({headers}) => headers.authorization).filter(value => value !== undefined))
  expect(seen(registry)).toEqual(new Set([basicValue(login)]))
  expect(seen(bystander)).toEqual(new Set([basicValue(other)]))
  // Here it asks for something, and its own login is expected there.
  bystander.requests.length = 0
})
