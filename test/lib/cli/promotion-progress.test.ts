import {expect, test} from 'vitest'
import type {Context} from '../../../src/lib/cli/context.ts'
import {plainDisplay} from '../../../src/lib/cli/progress/plain.ts'
import type {Progress} from '../../../src/lib/cli/progress/progress.ts'
import {promotionProgress} from '../../../src/lib/cli/promotion-progress.ts'
import type {PromotionItem} from '../../../src/lib/promote/model.ts'

function listen() {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const start = (title: string): Progress => plainDisplay(title, {}, write, () => 0)
  return {lines, tell: promotionProgress({progress: {start}, note: write} as unknown as Context)}
}

function item(outcome: PromotionItem['outcome']): PromotionItem {
  return {outcome, error: null} as PromotionItem
}

test('an image starts, moves bytes and ends; one that is interrupted has no end', () => {
  const {lines, tell} = listen()
  tell({type: 'phase', phase: 'copy', images: 2})
  for (const id of ['api:1', 'web:1']) tell({type: 'start', id, title: id, bytes: 4096})
  tell({type: 'bytes', id: 'api:1', bytes: 1024})
  tell({type: 'bytes', id: 'api:1', bytes: 3072})
  tell({type: 'end', id: 'api:1', item: item('promoted')})
  tell({type: 'end', id: 'web:1', item: item('interrupted')})
  expect(lines).toEqual(['Promoting', 'started  api:1', 'started  web:1', 'done     api:1  4.0 KiB'])
})

test('a retry is told also before the first image starts', () => {
  const {lines, tell} = listen()
  tell({type: 'retry', host: 'r.example', request: 'GetX', reason: 'ECONNRESET', delayMs: 200})
  expect(lines).toEqual(['r.example: ECONNRESET at GetX; trying again in 0.2 s'])
})
