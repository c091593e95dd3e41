import {describe, expect, test} from 'vitest'
import {readRelease} from '../../../src/lib/promote/selection-file.ts'

const digest = `sha256:${'ab'.repeat(32)}`

const yaml = `version: 1
# What was tested on Friday.
images:
  - payments/api:v1.4.2
  - dev/payments/worker:v2@${digest}
  - image: web:rc7
    digest: ${digest}
    tags: [v3.0.0, stable]
  - {image: tools, digest: "${digest}"}
`

const images = [
  {text: 'payments/api:v1.4.2', isPinned: false},
  {text: `dev/payments/worker:v2@${digest}`, isPinned: true},
  {text: `web:rc7@${digest}`, isPinned: true, tags: ['v3.0.0', 'stable']},
  {text: `tools@${digest}`, isPinned: false},
]

describe('a release file', () => {
  test('is YAML, or the same as JSON', () => {
    expect(readRelease(yaml, 'release.yaml')).toEqual(images)
    const json = JSON.stringify({
      version: 1,
      images: [
        'payments/api:v1.4.2',
        `dev/payments/worker:v2@${digest}`,
        {image: 'web:rc7', digest, tags: ['v3.0.0', 'stable']},
        {image: 'tools', digest},
      ],
    })
    expect(readRelease(json, 'release.json')).toEqual(images)
  })

  test('is an image a line when it is a .txt, in whatever way its lines end', () => {
    const text = `\uFEFF# tested\r\npayments/api:v1.4.2\r\n\r\n  dev/payments/worker:v2@${digest}  \r\n`
    expect(readRelease(text, 'release.txt')).toEqual(images.slice(0, 2))
  })

  test('may have tens of thousands of images', () => {
    const many = Array.from({length: 30_000}, (_, index) => `  - team/service-${index}:v1@${digest}\n`)
    expect(readRelease(`version: 1\nimages:\n${many.join('')}`, 'release.yaml')).toHaveLength(30_000)
  })

  test.each([
    ['', '1:1', 'empty'],
    ['- payments/api:v1', '1:1', 'must be a mapping'],
    ['images: [a:v1]', '1:1', '"version" is missing'],
    ['version: 2\nimages: [a:v1]', '1:10', 'not a version'],
    ['version: 1', '1:1', '"images" is missing'],
    ['version: 1\nimages: []', '2:9', 'an empty list'],
    ['version: 1\nimages: a:v1', '2:9', 'must be a list'],
    ['version: 1\nimages:\n  - a:v1\n  - A:v1', '4:5', 'lower case'],
    ['version: 1\nimages:\n  - a', '3:5', 'names no image'],
    ['version: 1\nimages:\n  - 12', '3:5', 'text or a mapping'],
    ['version: 1\nimages:\n  - {image: a:v1, digset: x}', '3:19', 'Did you mean "digest"'],
    ['version: 1\nimages:\n  - {digest: x}', '3:5', '"image" is missing'],
    [`version: 1\nimages:\n  - {image: "a@${digest}", digest: "${digest}"}`, '3:13', 'Keep one of the two'],
    ['version: 1\nimages:\n  - image: a:v1\n    digest: sha256:12', '4:13', 'not a digest'],
    ['version: 1\nimages:\n  - image: a:v1\n    tags: [ok, .no]', '4:16', 'not a tag'],
    ['version: 1\nimages:\n  - image: a:v1\n    tags: []', '4:11', 'empty list'],
    ['version: 1\nimages:\n  - &a a:v1\n  - *a', '4:5', 'aliases'],
  ])('%j is refused at %s: %s', (text, position, words) => {
    expect(() => readRelease(text, 'release.yaml')).toThrow(
      expect.objectContaining({
        code: 'INVALID_CONFIG',
        exitCode: 2,
        message: expect.stringContaining(`release.yaml:${position} `) as string,
      }),
    )
    expect(() => readRelease(text, 'release.yaml')).toThrow(words)
  })

  test('says all that is wrong, each with its place', () => {
    expect(() => readRelease('a:v1\nB:v1\n\n  c\n', 'release.txt')).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^release\.txt:2:1 /) as string,
        hints: [expect.stringMatching(/^release\.txt:4:3 "c" names no image/)] as string[],
      }),
    )
    expect(() => readRelease('# nothing\n', 'release.txt')).toThrow('names no image')
  })
})
