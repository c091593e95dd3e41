import {dayMs} from '../../../src/lib/lifecycle/clocks.ts'
import {judge} from '../../../src/lib/lifecycle/judge.ts'
import type {Action, LifecycleRule, Selection} from '../../../src/lib/lifecycle/policy.ts'
import type {RepositoryImage} from '../../../src/lib/lifecycle/verdict.ts'
import type {VectorImage} from './vectors.ts'

export const now = Date.UTC(2026, 10, 21)

export const expire: Action = {type: 'expire'}
export const archive: Action = {type: 'transition', targetStorageClass: 'archive'}

export function ago(days: number): number {
  return now - days * dayMs
}

/** A standard image without tags, pushed a day ago. */
export function image(digest: string, members: Partial<RepositoryImage> = {}): RepositoryImage {
  return {digest, tags: [], storageClass: 'standard', pushedAt: ago(1), ...members}
}

export function vectorImage({name, tags, age, pulled, archived}: VectorImage): RepositoryImage {
  return image(name, {
    tags,
    pushedAt: ago(age),
    ...(pulled === undefined ? {} : {pulledAt: ago(pulled)}),
    ...(archived === undefined ? {} : {storageClass: 'archive', archivedAt: ago(archived)}),
  })
}

export function rule(rulePriority: number, selection: Selection, action: Action = expire): LifecycleRule {
  return {rulePriority, selection, action}
}

export const any = {tagStatus: 'any'} as const
export const untagged = {tagStatus: 'untagged'} as const

export function tagged(...tagPatternList: readonly string[]) {
  return {tagStatus: 'tagged', tagPatternList} as const
}

export function newest(countNumber: number) {
  return {countType: 'imageCountMoreThan', countNumber} as const
}

export function pushed(countNumber: number) {
  return {countType: 'sinceImagePushed', countUnit: 'days', countNumber} as const
}

export function unpulled(countNumber: number) {
  return {countType: 'sinceImagePulled', countUnit: 'days', countNumber} as const
}

export function archived(countNumber: number) {
  return {
    storageClass: 'archive',
    countType: 'sinceImageTransitioned',
    countUnit: 'days',
    countNumber,
  } as const
}

/** What a policy does now, and what is said of each image. */
export function judged(rules: readonly LifecycleRule[], images: readonly RepositoryImage[]) {
  const judgement = judge(rules, images, now)
  return {
    departures: judgement.departures,
    goes: judgement.departures.map(departure => departure.image.digest),
    verdict: (digest: string) => {
      const found = images.find(each => each.digest === digest)
      if (found === undefined) throw new Error(`no image ${digest}`)
      return judgement.verdictOf(found)
    },
  }
}
