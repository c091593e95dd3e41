import {expect, test} from 'vitest'
import {readWanted} from '../../../src/lib/lifecycle/explain-wanted.ts'

const digest = `sha256:${'a'.repeat(64)}`

test.each([
  ['team/app:v1', {repository: 'team/app', tag: 'v1'}],
  ['prod/team/app:v1', {repository: 'prod/team/app', tag: 'v1'}],
  ['127.0.0.1:5000/team/app:v1', {repository: '127.0.0.1:5000/team/app', tag: 'v1'}],
  [`team/app@${digest}`, {repository: 'team/app', digest}],
])('%s names an image', (text, image) => {
  expect(readWanted(text)).toEqual({text, ...image})
})

test.each([
  'team/app',
  'team/app:',
  ':v1',
  'team/*:v1',
  '127.0.0.1:5000/team/app',
  'team/app@sha256:abc',
  `@${digest}`,
  `team/app:v1@${digest}`,
  'team/app@v1',
])('%s names none, which is said in one line with what to write', text => {
  expect(() => readWanted(text)).toThrow(
    expect.objectContaining({
      code: 'INVALID_REFERENCE',
      exitCode: 2,
      message: expect.stringMatching(/names no image\. Write REPOSITORY:TAG/) as string,
    }),
  )
})
