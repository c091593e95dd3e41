import {expect, onTestFinished, test} from 'vitest'
import {userOf} from '../../../src/lib/sandbox/identity/caller.ts'
import {ecr} from '../../../src/lib/sandbox/registry/dialect.ts'
import {findMountable} from '../../../src/lib/sandbox/registry/mounts.ts'
import type {RegistryRequest} from '../../../src/lib/sandbox/registry/request.ts'
import type {RepositorySettings} from '../../../src/lib/sandbox/state/repository.ts'
import {openStorage} from '../../../src/lib/sandbox/storage/open.ts'
import {dev, manifestType, region, sha256} from './support.ts'

const layer = sha256('layer')

/** What can be mounted from a repository that was made by `createdBy`. */
async function mountableFrom(createdBy: Pick<RepositorySettings, 'createdBy'>) {
  const {world, close} = await openStorage(undefined)
  onTestFinished(close)
  world.registry(dev, region).table('account-setting').set('BLOB_MOUNTING', 'ENABLED')
  const settings: RepositorySettings = {
    createdAt: 0,
    tagMutability: {mode: 'MUTABLE', exclusions: []},
    scanOnPush: false,
    encryption: {encryptionType: 'AES256'},
  }
  const id = {account: dev, region}
  const target = world.createRepository({...id, name: 'target'}, settings)
  const source = world.createRepository({...id, name: 'source'}, {...settings, ...createdBy})
  source.addLayer(layer, 5)
  source.addImage({
    digest: sha256('image'),
    mediaType: manifestType,
    layers: [{digest: layer, mediaType: 'application/vnd.oci.image.layer.v1.tar'}],
    contentSize: 5,
    manifestSize: 5,
    imageSize: 5,
    pushedAt: 0,
  })
  const request: Partial<RegistryRequest> = {
    world,
    dialect: ecr,
    caller: userOf(dev, 'aws'),
    ...id,
    now: () => 0,
  }
  const incoming = {sourceIp: '127.0.0.1'}
  return findMountable({...request, incoming} as RegistryRequest, target, layer, 'source')
}

test('a blob is mounted from a repository that somebody or a push created', async () => {
  expect(await mountableFrom({})).toMatchObject({size: 5})
  expect(await mountableFrom({createdBy: 'CREATE_ON_PUSH'})).toMatchObject({size: 5})
})

test('no blob is mounted from a repository that a pull through cache created', async () => {
  expect(await mountableFrom({createdBy: 'PULL_THROUGH_CACHE'})).toBeUndefined()
})
