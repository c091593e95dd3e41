/** A reconciliation in words, for people and for pull requests. */

import type {RuleChange} from '../lifecycle/plan-model.ts'
import type {LifecycleRule} from '../lifecycle/policy.ts'
import {lifecyclePlanDays} from '../repos/model.ts'
import type {DiffLine} from '../repos/resource.ts'
import {dangerWords, freedWords, goingWords, ruleLines} from './lifecycle-plan-words.ts'
import type {PlaceReport} from './repos-plan-places.ts'
import type {ChangeItem, ForeignItem, ReposPlanSummary} from './repos-plan-result.ts'
import {settingWords} from './setting-words.ts'
import {count} from './text.ts'

export type Sign = '+' | '-' | '~' | '!'

/** `payments/api`, or `(registry)`, which no repository is called. */
export function placeName({repository}: Pick<PlaceReport, 'repository'>): string {
  return repository ?? '(registry)'
}

/** A repository that is made or deleted, one of which everything is blocked, and all others. */
export function placeSign({changes}: PlaceReport): Sign | '?' | ' ' {
  const whole = changes.find(({resource}) => resource === 'repository')
  if (whole !== undefined) return changeSign(whole)
  if (changes.length === 0) return ' '
  return changes.every(({kind}) => kind === 'blocked') ? '!' : '~'
}

export function changeSign({kind}: Pick<ChangeItem, 'kind'>): Sign {
  return ({create: '+', change: '~', remove: '-', blocked: '!'} as const)[kind]
}

/** `tagMutability`, `pullThroughCache docker-hub`; of a repository as a whole what becomes of it. */
export function changeTitle({resource, entry, kind}: ChangeItem): string {
  if (resource !== 'repository') return entry === '' ? resource : `${resource} ${entry}`
  if (kind === 'blocked') return 'cannot be deleted'
  return kind === 'create' ? 'is made' : 'is deleted'
}

/** `repos.yaml:12:5`; empty where that is not known. */
export function originWords({source}: Pick<ChangeItem, 'source'>): string {
  const origin = source?.origin
  return origin === undefined ? '' : `${origin.file}:${origin.line}:${origin.column}`
}

/** A line of a difference, with its sign before it. */
export interface SignedLine {
  readonly sign: DiffLine['sign'] | ' '
  readonly text: string
}

/** What changes, a line each: rules of lifecycle policies in words. */
export function changeLines({resource, lines}: ChangeItem): readonly SignedLine[] {
  if (resource === 'lifecycle') return ruleLines(lines.map(ruleChange))
  return lines.filter(line => !isThereAlone(line)).map(line => ({sign: line.sign, text: lineWords(line)}))
}

/** Whether it says no more of an entry than that it comes or goes. */
function isThereAlone({path, before = true, after = true}: DiffLine): boolean {
  return path === '' && before === true && after === true
}

function ruleChange({sign, before = null, after = null}: DiffLine): RuleChange {
  const kind = ({'+': 'added', '-': 'removed', '~': 'changed'} as const)[sign]
  return {kind, before: before as LifecycleRule | null, after: after as LifecycleRule | null}
}

/** `mode: MUTABLE -> IMMUTABLE`. */
function lineWords({path, before, after}: DiffLine): string {
  const values = [before, after].flatMap(value => (value === undefined ? [] : [settingWords(value, path)]))
  return `${path === '' ? '' : `${path}: `}${values.join(' -> ')}`
}

/** What a lifecycle policy that changes does to images; nothing where it is another change, or there are none. */
export function impactWords({lifecycle}: ChangeItem): readonly string[] {
  if (lifecycle === null) return []
  const {now, within, images} = lifecycle
  const [there, days] = [count(images.standard + images.archived, 'image'), count(lifecyclePlanDays, 'day')]
  if (within.expire + within.archive === 0) return [`${there}: none goes within ${days}`]
  const soon = now.expire + now.archive === 0 ? 'none now' : `now ${goingWords(now)}`
  return [`${there}: ${soon}; within ${days} ${goingWords(within)}; frees ${freedWords(within.freed)}`]
}

/** Images that go although something needs them, each with what says so. */
export function endangeredWords({lifecycle}: ChangeItem, takenAt: string): readonly string[] {
  return (lifecycle?.endangered ?? []).map(
    image => `${dangerWords(image, takenAt)}: needed by ${image.evidence.slice(0, 3).join(', ')}`,
  )
}

/** `scanning: foreign, kept: *, dev-*`. */
export function foreignWords({resource, entries}: Pick<ForeignItem, 'resource' | 'entries'>): string {
  const some = entries.slice(0, mostForeign)
  const left = entries.length - some.length
  const more = left > 0 ? `, and ${left} more` : ''
  return `${resource}: foreign, kept: ${some.join(', ')}${more}`
}

const mostForeign = 5

/** `Plan: 1 to create, 2 to change.`, or that all is as it should be: never where something was not read. */
export function planWords(summary: ReposPlanSummary): string {
  const {create, change, remove, blocked, unread, resources, repositories, registries} = summary
  const figures = [
    ...(create > 0 ? [`${create} to create`] : []),
    ...(change > 0 ? [`${change} to change`] : []),
    ...(remove > 0 ? [`${remove} to remove`] : []),
    ...(blocked > 0 ? [`${blocked} blocked`] : []),
  ]
  const notRead = unread === 0 ? '' : ` ${unreadWords(unread)}`
  if (figures.length > 0) return `Plan: ${figures.join(', ')}.${notRead}`
  if (unread > 0) return `No change was found, and it is not known whether there is one.${notRead}`
  const compared = `${count(resources, 'setting')} of ${count(registries, 'registry')} and ${count(repositories, 'repository')}`
  return resources === 0
    ? 'Nothing is managed: no change.'
    : `No change: all is as repos.yaml says: ${compared}.`
}

function unreadWords(unread: number): string {
  return `${count(unread, 'setting')} could not be read.`
}

/** What stays as it is and is not in repos.yaml; empty where there is none. */
export function othersWords({unlisted, foreign}: ReposPlanSummary): readonly string[] {
  return [
    ...(unlisted > 0
      ? [`${unlisted === 1 ? '1 repository is' : `${unlisted} repositories are`} not listed in repos.yaml`]
      : []),
    ...(foreign > 0 ? [`${count(foreign, 'entry')} of others kept`] : []),
  ]
}
