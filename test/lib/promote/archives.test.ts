import {expect, test} from 'vitest'
import type {Registry} from '../../../src/lib/oci/registry.ts'
import {Archives} from '../../../src/lib/promote/archives.ts'

const registry = {host: 'registry.example'} as Registry
const archive = {host: 'oci-archive:usb.tar', finish: () => Promise.resolve()} as Registry

/** Archives for `count` images, and the hosts that were finished. */
function archivesFor(count: number, finish: () => Promise<void> = () => Promise.resolve()) {
  const finished: string[] = []
  const registries = Array.from({length: count}, () => [archive, registry]).flat()
  const archives = new Archives(registries, {
    finish({host}) {
      finished.push(host)
      return finish()
    },
  })
  return {archives, finished}
}

test('an archive is written once, when the last of what goes there is done, and all wait for it', async () => {
  const {archives, finished} = archivesFor(2)
  const first = archives.complete(archive, true)
  await Promise.resolve()
  expect(finished).toEqual([])
  await Promise.all([first, archives.complete(archive, false)])
  expect(finished).toEqual(['oci-archive:usb.tar'])
})

test('one in which nothing changed is not written', async () => {
  const {archives, finished} = archivesFor(2)
  await Promise.all([archives.complete(archive, false), archives.complete(archive, false)])
  expect(finished).toEqual([])
})

test('one that cannot be written fails all that should be in it', async () => {
  const {archives} = archivesFor(2, () => Promise.reject(new Error('the disk is full')))
  const outcomes = await Promise.allSettled([
    archives.complete(archive, true),
    archives.complete(archive, true),
  ])
  expect(outcomes.map(({status}) => status)).toEqual(['rejected', 'rejected'])
})

test('a registry is not waited for', async () => {
  const {archives, finished} = archivesFor(2)
  expect([archives.has(archive), archives.has(registry)]).toEqual([true, false])
  await archives.complete(registry, true)
  expect(finished).toEqual([])
})
