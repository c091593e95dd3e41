import {expect, test} from 'vitest'
import {MemoryContent} from '../../../src/lib/sandbox/state/content.ts'
import {publishedQuotas} from '../../../src/lib/sandbox/state/quotas.ts'
import type {Repository} from '../../../src/lib/sandbox/state/repository.ts'
import {receivePart, requirePartSizes} from '../../../src/lib/sandbox/state/upload-parts.ts'
import type {Upload} from '../../../src/lib/sandbox/state/uploads.ts'

const mebibyte = 1024 * 1024
const most = publishedQuotas.partsPerLayer

async function upload(parts: readonly number[] = []): Promise<Upload> {
  const writer = await new MemoryContent().begin()
  const size = parts.reduce((sum, length) => sum + length, 0)
  return {
    id: 'upload',
    repository: {id: {account: '111111111111', region: 'eu-west-1', name: 'app'}} as Repository,
    writer: {...writer, size, write: () => Promise.resolve()},
    startedAt: 0,
    parts: [...parts],
    busy: false,
    over: false,
  }
}

test('a layer has at most 4,200 parts', async () => {
  const full = await upload(Array.from({length: 4200}, () => 5 * mebibyte))
  await expect(receivePart(full, [Buffer.from('x')], most)).rejects.toMatchObject({
    exception: 'LimitExceededException',
  })
})

test('a layer has at most 52,000 MiB, as they are announced and as they come', async () => {
  const large = await upload([52_000 * mebibyte - 1])
  await expect(receivePart(large, [], most, 2)).rejects.toMatchObject({exception: 'LimitExceededException'})
  await expect(receivePart(large, [Buffer.from('xy')], most)).rejects.toMatchObject({
    exception: 'LimitExceededException',
  })
  await expect(receivePart(large, [Buffer.from('x')], most)).resolves.toBeUndefined()
  expect(large.busy).toBe(false)
})

test('a part that broke off counts together with what goes on after it', async () => {
  const writer = await new MemoryContent().begin()
  const broken: Upload = {...(await upload()), writer}
  async function* cut() {
    yield Buffer.alloc(mebibyte)
    await Promise.reject(new Error('the connection is gone'))
  }
  await expect(receivePart(broken, cut(), most)).rejects.toThrow('gone')
  await receivePart(broken, [Buffer.alloc(4 * mebibyte)], most)
  await receivePart(broken, [Buffer.from('the last')], most)
  expect(broken.parts).toEqual([5 * mebibyte, 8])
  expect(() => requirePartSizes(broken)).not.toThrow()
})

test('a part that still comes when its upload is over is refused', async () => {
  const begun = await upload()
  const write = () => {
    ending.over = true
    return Promise.resolve()
  }
  const ending: Upload = {...begun, writer: {...begun.writer, write}}
  const part = [Buffer.from('one'), Buffer.from('two')].values()
  await expect(receivePart(ending, part, most)).rejects.toMatchObject({
    exception: 'UploadNotFoundException',
  })
})
