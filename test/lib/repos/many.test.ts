import {describe, expect, test, vi} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {lookAtRepositories} from '../../../src/lib/repos/look-repositories.ts'
import {repositoryResources} from '../../../src/lib/repos/resources.ts'
import {describedAs, manyRepositories, registryWith} from '../../support/many-repositories.ts'

/** Looks at as many repositories, none of which differs, and counts what that takes. */
async function lookAtMany(count: number, listed: boolean) {
  const many = manyRepositories(count, listed)
  const estate = parseEstate(many.file, 'repos.yaml')
  const {at, asked} = registryWith(many)
  const candidates = many.names.map(name => ({name, listed: describedAs(name), isNamed: listed}))
  const stringify = vi.spyOn(JSON, 'stringify')
  const parse = vi.spyOn(JSON, 'parse')
  const diffs = repositoryResources.map(resource => vi.spyOn(resource, 'diff'))
  try {
    const found = await lookAtRepositories(candidates, {
      at,
      estate,
      concurrency: 8,
      signal: new AbortController().signal,
      onRepository() {},
    })
    const calls = (spies: readonly {readonly mock: {readonly calls: readonly unknown[]}}[]) =>
      spies.reduce((sum, {mock}) => sum + mock.calls.length, 0)
    return {found, asked: asked(), json: calls([stringify, parse]), diffs: calls(diffs)}
  } finally {
    vi.restoreAllMocks()
  }
}

describe.each([
  ['that match rules mean', false],
  ['that are listed one by one', true],
])('of repositories %s', (_what, listed) => {
  test('none differs, and each is asked once for each resource that the file manages', async () => {
    const {found, asked, diffs} = await lookAtMany(500, listed)
    expect(found.changes).toEqual([])
    expect(found.unread).toEqual([])
    expect(found.compared).toBe(2000)
    expect(asked).toBe(1500)
    expect(diffs).toBe(2000)
    expect(found.foreign).toHaveLength(50)
    expect(found.unlisted).toHaveLength(listed ? 0 : 500)
  })

  test('one more takes the same few steps, however many there are: what many have alike is compared once', async () => {
    await lookAtMany(100, listed)
    const [some, more] = [await lookAtMany(300, listed), await lookAtMany(800, listed)]
    const each = (more.json - some.json) / 500
    expect(each).toBeGreaterThan(0)
    // Reading and merging a policy takes about 20 more; one in ten has one of its own.
    expect(each).toBeLessThan(25)
  })
})

test('no more repositories are looked at at a time than were asked for', async () => {
  const {at, asked} = registryWith(manyRepositories(50, false))
  expect(asked()).toBe(0)
  let [running, most] = [0, 0]
  const slow = async (name: string) => {
    running += 1
    most = Math.max(most, running)
    await Promise.resolve(name)
    running -= 1
    return null
  }
  const api = {repositories: {getRepositoryPolicy: slow}} as unknown as typeof at.api
  const estate = parseEstate('version: 1\ndefaults: {policy: null}\n', 'repos.yaml')
  const candidates = Array.from({length: 50}, (_, n) => ({
    name: `app-${n}`,
    listed: describedAs(`app-${n}`),
    isNamed: false,
  }))
  const signal = new AbortController().signal
  await lookAtRepositories(candidates, {at: {...at, api}, estate, concurrency: 3, signal, onRepository() {}})
  expect(most).toBe(3)
})
