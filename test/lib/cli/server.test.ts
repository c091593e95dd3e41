import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {writeReadyFile} from '../../../src/lib/cli/server.ts'

test('a ready file holds the addresses, replaces an old one and leaves nothing beside it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'gantry-'))
  onTestFinished(() => rm(directory, {recursive: true}))
  const file = join(directory, 'ready.json')
  await writeReadyFile(file, {url: 'http://127.0.0.1:1', registries: {}})
  const addresses = {
    url: 'http://127.0.0.1:2',
    registries: {'111111111111/eu-west-1': 'http://127.0.0.1:3'},
  }
  await writeReadyFile(file, addresses)
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(addresses)
  expect(await readdir(directory)).toEqual(['ready.json'])
})
