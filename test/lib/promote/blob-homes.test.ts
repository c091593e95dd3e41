import {expect, test} from 'vitest'
import type {Descriptor} from '../../../src/lib/oci/descriptor.ts'
import {digestOf} from '../../../src/lib/oci/digest.ts'
import type {Repository} from '../../../src/lib/oci/registry.ts'
import {BlobHomes} from '../../../src/lib/promote/blob-homes.ts'
import {Once} from '../../../src/lib/promote/once.ts'

const blob: Descriptor = {mediaType: 'application/octet-stream', digest: digestOf(Buffer.from('a')), size: 1}

/** Only the name and the host of a repository matter here. */
function repository(name: string, host = 'registry.test'): Repository {
  return {name, registry: {host}} as Repository
}

function recorder(mounts: boolean) {
  const log: string[] = []
  const into = (homes: BlobHomes, name: string, host?: string) =>
    homes.settle(blob, repository(name, host), {
      mount: home => {
        log.push(`mount ${name} from ${home}`)
        return Promise.resolve(mounts)
      },
      upload: () => {
        log.push(`upload ${name}`)
        return Promise.resolve()
      },
    })
  return {log, into}
}

test('a blob that two repositories need at the same time is uploaded once and mounted once', async () => {
  const homes = new BlobHomes()
  const {log, into} = recorder(true)
  await Promise.all([into(homes, 'a'), into(homes, 'b')])
  expect(log).toEqual(['upload a', 'mount b from a'])
})

test('a registry that declines a mount is not asked again', async () => {
  const homes = new BlobHomes()
  const {log, into} = recorder(false)
  await into(homes, 'a')
  await into(homes, 'b')
  await into(homes, 'c')
  expect(log).toEqual(['upload a', 'mount b from a', 'upload b', 'upload c'])
})

test('nothing is mounted across registries', async () => {
  const homes = new BlobHomes()
  const {log, into} = recorder(true)
  await into(homes, 'a', 'one.test')
  await into(homes, 'b', 'two.test')
  expect(log).toEqual(['upload a', 'upload b'])
})

test('after a failed upload the next repository uploads', async () => {
  const homes = new BlobHomes()
  const {log, into} = recorder(true)
  const failing = homes.settle(blob, repository('a'), {
    mount: () => Promise.resolve(false),
    upload: () => Promise.reject(new Error('cut')),
  })
  await Promise.all([expect(failing).rejects.toThrow('cut'), into(homes, 'b')])
  expect(log).toEqual(['upload b'])
})

test('shared work is done once, and again after it failed', async () => {
  const once = new Once<number>()
  let calls = 0
  const failing = () => Promise.reject(new Error(`call ${++calls}`))
  const [first, second] = await Promise.allSettled([once.run('key', failing), once.run('key', failing)])
  expect([first.status, second.status, calls]).toEqual(['rejected', 'rejected', 1])
  await expect(once.run('key', () => Promise.resolve(++calls))).resolves.toBe(2)
  await expect(once.run('key', failing)).resolves.toBe(2)
})
