import {PutSigningConfigurationCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {emptyEstate} from '../../../../src/lib/config/estate.ts'
import type {SigningSetting} from '../../../../src/lib/config/settings.ts'
import type {OpenRegistry} from '../../../../src/lib/ecr/inventory/registries.ts'
import {openDoor} from '../../../../src/lib/plan/door.ts'
import {reposMutations} from '../../../../src/lib/repos/mutations.ts'
import {signing} from '../../../../src/lib/repos/resources/signing.ts'
import {bring, devId, openReposWorld} from '../../../support/repos-world.ts'
import {apiAt, json, registry, sessionFor, startStub} from '../../ecr/stub.ts'

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
  expect((await set(setting)).lines).toEqual([
    {sign: '+', path: `rules.${release}`, after: ['prod/*', 'team/*']},
  ])
  expect(await live()).toEqual({rules: {[release]: ['prod/*', 'team/*']}})
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
    lines: [{sign: '~', path: `rules.${release}`, before: [], after: ['prod/*', 'team/*']}],
    foreign: [`${foreign}: other/*`],
  })
  expect(await live()).toEqual({rules: {[foreign]: ['other/*'], [release]: ['prod/*', 'team/*']}})
})

test('one profile in two rules is one entry, for all repositories if one of them is', async () => {
  const {set, live, write} = await openSigning()
  await write([release, 'team/*'], [release, 'prod/*'])
  expect((await set(setting)).lines).toEqual([])
  await write([release, 'team/*'], [release])
  expect(await live()).toEqual({rules: {[release]: []}})
})

test('a rule goes with state: absent, and those of others when the file is exclusive', async () => {
  const {world, set, live, write} = await openSigning()
  await write([foreign], [release])
  await set({rules: [{profile: release, state: 'absent'}]})
  expect(await live()).toEqual({rules: {[foreign]: []}})
  expect((await set({...setting, exclusive: true})).lines).toEqual([
    {sign: '-', path: `rules.${foreign}`, before: []},
    {sign: '+', path: `rules.${release}`, after: ['prod/*', 'team/*']},
  ])
  expect(await live()).toEqual({rules: {[release]: ['prod/*', 'team/*']}})
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

test('a rule that this version does not understand whole stays, is shown, and goes back as it came', () => {
  const place = {registry: {label: '', host: '', account: devId, region: 'eu-west-1'}, estate: emptyEstate}
  const others = [{signingProfileArn: foreign, algorithm: 'new'}]
  const live = {rules: {[release]: ['team/*']}, others}
  const {state, foreign: shown} = signing.desired(setting, live, place)
  expect(state).toEqual({rules: {[release]: ['prod/*', 'team/*']}, others})
  expect(shown).toEqual([JSON.stringify(others[0])])
  expect(signing.diff(live, signing.desired({...setting, exclusive: true}, live, place).state)).toEqual([
    {sign: '~', path: `rules.${release}`, before: ['team/*'], after: ['prod/*', 'team/*']},
    {sign: '-', path: 'rules', before: others[0]},
  ])
  expect(signing.export({rules: {}, others}, place)).toBeUndefined()
})

test('and so it comes from ECR', async () => {
  const rules = [
    {signingProfileArn: foreign, algorithm: 'new'},
    {signingProfileArn: foreign, repositoryFilters: [{filter: 'a', filterType: 'REGEX'}]},
    {signingProfileArn: release, repositoryFilters: []},
  ]
  const {url, seen} = await startStub(response => json(response, {signingConfiguration: {rules}}))
  const {api} = apiAt(url, {session: sessionFor(registry.account)})
  const at = {api} as unknown as OpenRegistry
  const live = (await signing.read({at})).get('') ?? null
  expect(live).toEqual({rules: {[release]: []}, others: rules.slice(0, 2)})
  const mutations = reposMutations(openDoor(silent, {now: () => 0}), {
    subject: 'x',
    before: null,
    after: null,
    look: () => Promise.resolve(false),
  })
  await signing.apply(mutations, {place: {at}, entry: '', live, wanted: live})
  expect(JSON.parse(seen.at(-1)?.body ?? '')).toEqual({
    signingConfiguration: {rules: [{signingProfileArn: release}, ...rules.slice(0, 2)]},
  })
})

const silent = {file: 'none', write: async () => {}, note: () => {}, close: async () => {}}
