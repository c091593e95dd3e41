import {describe, expect, test} from 'vitest'
import {RefusalError} from '../../../src/lib/errors.ts'
import {assertWithinLimits, defaultLimits, type Toll} from '../../../src/lib/plan/limits.ts'

const toll = (going: number, of: number, repository = 'prod/app'): Toll => ({repository, going, of})

function refusal(tolls: readonly Toll[], limits = defaultLimits): RefusalError | undefined {
  try {
    assertWithinLimits(tolls, limits)
    return undefined
  } catch (error) {
    if (error instanceof RefusalError) return error
    throw error
  }
}

describe('limits', () => {
  test('let exactly as much go as they say', () => {
    expect(refusal([])).toBeUndefined()
    expect(refusal([toll(0, 0)])).toBeUndefined()
    expect(refusal([toll(1000, 2000)])).toBeUndefined()
    expect(refusal([toll(500, 1000), toll(500, 1000, 'prod/web')])).toBeUndefined()
    expect(refusal([toll(3, 3)], {maxImages: 3, maxShare: 100})).toBeUndefined()
  })

  test('count images over all repositories', () => {
    expect(refusal([toll(600, 2000), toll(401, 2000)])).toMatchObject({
      code: 'TOO_MANY_IMAGES',
      exitCode: 7,
      message:
        '1001 images would go at once, and at most 1000 may. Nothing was done. Look at the plan; if that is right give --max-images 1001.',
    })
    expect(refusal([toll(1, 2000)], {maxImages: 0, maxShare: 100})?.code).toBe('TOO_MANY_IMAGES')
  })

  test('hold every repository to the share, and name the worst and what lets it pass', () => {
    const tolls = [toll(1, 10), toll(2, 3), toll(6, 10, 'prod/web')]
    expect(refusal(tolls)).toMatchObject({
      code: 'TOO_LARGE_A_SHARE',
      exitCode: 7,
      message:
        '2 of the 3 images of prod/app would go at once, the most of 2 repositories beyond the limit, and at most 50 percent may. Nothing was done. Look at the plan; if that is right give --max-share 67.',
    })
    expect(refusal(tolls, {maxImages: 1000, maxShare: 66})).toBeDefined()
    expect(refusal(tolls, {maxImages: 1000, maxShare: 67})).toBeUndefined()
  })

  test('of nothing let nothing go', () => {
    expect(refusal([toll(1, 1)], {maxImages: 1000, maxShare: 0})?.code).toBe('TOO_LARGE_A_SHARE')
  })
})
