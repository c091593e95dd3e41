import {expect, test} from 'vitest'
import {readImageWord} from '../../../../src/lib/ecr/inventory/image-word.ts'

const digest = `sha256:${'a'.repeat(64)}`

test.each([
  ['team/app:v1', {repository: 'team/app', tag: 'v1', digest: null}],
  ['prod/team/app:v1', {repository: 'prod/team/app', tag: 'v1', digest: null}],
  ['127.0.0.1:5000/team/app:v1', {repository: '127.0.0.1:5000/team/app', tag: 'v1', digest: null}],
  ['prod@eu-west-1/team/app:v1', {repository: 'prod@eu-west-1/team/app', tag: 'v1', digest: null}],
  [`team/app@${digest}`, {repository: 'team/app', tag: null, digest}],
  [`team/app:v1@${digest}`, {repository: 'team/app', tag: null, digest}],
])('%s names an image', (text, image) => {
  expect(readImageWord(text)).toEqual({text, ...image})
})

test.each([
  'team/app',
  'team/app:',
  ':v1',
  'team/*:v1',
  '127.0.0.1:5000/team/app',
  'team/app@sha256:abc',
  `@${digest}`,
  `team/app:v1@${digest}0`,
  'team/app:v 1',
  'team/app@v1',
])('%s names none, which is said in one line with what to write', text => {
  expect(() => readImageWord(text)).toThrow(
    expect.objectContaining({
      code: 'INVALID_REFERENCE',
      exitCode: 2,
      message: expect.stringMatching(/names no image\. Write REPOSITORY:TAG/) as string,
    }),
  )
})
