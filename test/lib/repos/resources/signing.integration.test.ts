import {PutSigningConfigurationCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import type {SigningSetting} from '../../../../src/lib/config/settings.ts'
import {signing} from '../../../../src/lib/repos/resources/signing.ts'
import {bring, devId, openReposWorld} from '../../../support/repos-world.ts'

const profile = (name: string) => `arn:aws:signer:eu-west-1:${devId}:/signing-profiles/${name}`
const [release, foreign] = [profile('release'), profile('foreign')]
const setting: SigningSetting = {rules: [{profile: release, repositories: ['team/*', 'prod/*']}]}

async function openSigning() {
  const world = await openReposWorld()
  const place = {at: await world.at('dev@eu-west-1')}
  const ecr = world.ecr()
  return {
    world,
    set: (wanted: SigningSetting | null) => bring(world, signing, place, wanted),
    live: async () => (await signing.read(place)).get('') ?? null,
    /** What somebody else writes. */
    write: (...rules: readonly (readonly [profile: string, ...filters: string[]])[]) =>
      ecr.send(
        new PutSigningConfigurationCommand({
          signingConfiguration: {
            rules: rules.map(([signingProfileArn, ...filters]) => ({
              signingProfileArn,
              ...(filters.length > 0 && {
                repositoryFilters: filters.map(filter => ({filter, filterType: 'WILDCARD_MATCH'})),
              }),
            })),
          },
        }),
      ),
  }
}

test('signing is configured, and then as it is wanted', async () => {
  const {world, set, live} = await openSigning()
  expect((await set(setting)).lines).toEqual([{sign: '+', path: release, after: ['prod/*', 'team/*']}])
  expect(await live()).toEqual({[release]: ['prod/*', 'team/*']})
  expect((await set(setting)).lines).toEqual([])
  expect(world.mutations()).toEqual(['PutSigningConfiguration'])
})

test('what others wrote stays and is shown, in whatever order; what they changed is set back', async () => {
  const {world, set, live, write} = await openSigning()
  await write([foreign], [release, 'team/*', 'prod/*'])
  world.clearRequests()
  expect(await set(setting)).toMatchObject({lines: [], foreign: [`${foreign}: all repositories`]})
  expect(world.mutations()).toEqual([])
  await write([foreign, 'other/*'], [release])
  expect(await set(setting)).toMatchObject({
    lines: [{sign: '~', path: release, before: [], after: ['prod/*', 'team/*']}],
    foreign: [`${foreign}: other/*`],
  })
  expect(await live()).toEqual({[foreign]: ['other/*'], [release]: ['prod/*', 'team/*']})
})

test('one profile in two rules is one entry, for all repositories if one of them is', async () => {
  const {set, live, write} = await openSigning()
  await write([release, 'team/*'], [release, 'prod/*'])
  expect((await set(setting)).lines).toEqual([])
  await write([release, 'team/*'], [release])
  expect(await live()).toEqual({[release]: []})
})

test('a rule goes with state: absent, and those of others when the file is exclusive', async () => {
  const {world, set, live, write} = await openSigning()
  await write([foreign], [release])
  await set({rules: [{profile: release, state: 'absent'}]})
  expect(await live()).toEqual({[foreign]: []})
  expect((await set({...setting, exclusive: true})).lines).toEqual([
    {sign: '-', path: foreign, before: []},
    {sign: '+', path: release, after: ['prod/*', 'team/*']},
  ])
  expect(await live()).toEqual({[release]: ['prod/*', 'team/*']})
  world.clearRequests()
  await set({rules: [{profile: release, state: 'absent'}]})
  expect(world.mutations()).toEqual(['DeleteSigningConfiguration'])
})

test('null removes all of it, and nothing is sent when there is none', async () => {
  const {world, set, live, write} = await openSigning()
  await write([foreign], [release, 'team/*'])
  world.clearRequests()
  expect((await set(null)).lines.map(({sign}) => sign)).toEqual(['-', '-'])
  expect(await live()).toBeNull()
  await set(null)
  await write()
  expect((await set(null)).lines).toEqual([])
  expect(world.mutations()).toEqual(['DeleteSigningConfiguration', 'PutSigningConfiguration'])
})
