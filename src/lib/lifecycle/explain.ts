import {beginningInWords, dayAhead, dayInWords, daysInWords} from './age-words.ts'
import {dayMs, isCountRule, lastKept} from './clocks.ts'
import type {ForecastDeparture} from './forecast.ts'
import type {LifecycleRule} from './policy.ts'
import {ruleInWords} from './rule-words.ts'
import {fateOf} from './settle.ts'
import {tagSelector} from './tag-selection.ts'
import type {Fate, Reason, RepositoryImage, RuleRank, Verdict} from './verdict.ts'

/**
 * One line that says what happens to an image and why: `kept: 3rd newest of 12; rule 10 keeps 5`.
 *
 * @param now milliseconds since the epoch: when it was judged.
 */
export function sentenceOf(verdict: Verdict<RepositoryImage>, now: number): string {
  return `${whatHappens(verdict.fate)}: ${whyOf(verdict, now)}`
}

/**
 * One line that says when something happens to an image and why: `expires 2026-12-01: pushed 2026-11-01; rule 10 keeps it
 * 30 days`.
 *
 * @param verdict what is said of the image now.
 * @param now milliseconds since the epoch: when it was judged.
 */
export function departureSentence(
  departure: ForecastDeparture<RepositoryImage>,
  verdict: Verdict<RepositoryImage>,
  now: number,
): string {
  const {image, fate, rule, follows, at} = departure
  if (at <= now) return sentenceOf(verdict, now)
  const ground =
    follows === undefined
      ? `${groundOf(rule, image, verdict.ranks)}${isDelayed(departure) ? ', and an index that lists it goes before' : ''}`
      : `follows ${follows}, to which it refers`
  return `${goesInWords(fate)} ${dayInWords(at)}: ${ground}`
}

/** Whether the rule marks the image before the run that takes it: what comes between is an index that lists it. */
function isDelayed({image, rule, at}: ForecastDeparture<RepositoryImage>): boolean {
  return isCountRule(rule) || at - dayMs > lastKept(rule, image)
}

/**
 * One line for each rule, by priority: whether it selects the image, what it makes of it, and which of them decides.
 *
 * @param rules those of the policy that was judged.
 * @param now milliseconds since the epoch: when it was judged.
 */
export function storyOf(
  verdict: Verdict<RepositoryImage>,
  rules: readonly LifecycleRule[],
  now: number,
): readonly string[] {
  const {image} = verdict
  const passedBy = whyNoRuleLooks(verdict)
  let deciding: LifecycleRule | undefined
  return rules
    .toSorted((a, b) => a.rulePriority - b.rulePriority)
    .map(rule => {
      const opening = `rule ${rule.rulePriority} (${ruleInWords(rule)})`
      const whyNot = passedBy ?? whyNotSelected(rule, image)
      if (whyNot !== undefined) return `${opening} does not select it: ${whyNot}`
      const part = `${opening} selects it and ${partOf(rule, verdict, now)}`
      if (deciding !== undefined) return `${part}; rule ${deciding.rulePriority} decides`
      deciding = rule
      return `${part}; this rule decides`
    })
}

function whatHappens(fate: Fate | null): string {
  if (fate === null) return 'kept'
  return `${goesInWords(fate)} now`
}

function goesInWords(fate: Fate): string {
  return fate === 'expire' ? 'expires' : 'is archived'
}

function whyOf({image, fate, reason, ranks, due}: Verdict<RepositoryImage>, now: number): string {
  switch (reason.kind) {
    case 'marked':
      return groundOf(reason.rule, image, ranks)
    case 'shielded':
      return `${groundOf(reason.rule, image, ranks)}${endOf(reason.rule, image, due, now)}`
    case 'unselected':
      return 'no rule selects it'
    case 'listed': {
      const goes = due === null ? '' : `; goes ${dayAhead(due, now)} unless something changes`
      return `${whatIsInTheWay(reason)}${goes}`
    }
    case 'follows': {
      if (fate !== null) return `follows ${reason.subject}, to which it refers`
      const goes = due === null ? '' : `, ${dayAhead(due, now)} unless something changes`
      return `goes only with ${reason.subject}, to which it refers${goes}`
    }
    case 'restoring':
      return 'it is being restored from the archive'
  }
}

function groundOf(rule: LifecycleRule, image: RepositoryImage, ranks: readonly RuleRank[]): string {
  const {rulePriority, selection} = rule
  if (isCountRule(rule))
    return `${rankInWords(rule, ranks)}; rule ${rulePriority} keeps ${selection.countNumber}`
  const beginning = beginningInWords(selection.countType, image)
  return `${beginning}; rule ${rulePriority} keeps it ${daysInWords(selection.countNumber)}`
}

/** When an image goes that a rule shields for as long as it is not old enough. */
function endOf(rule: LifecycleRule, image: RepositoryImage, due: number | null, now: number): string {
  if (isCountRule(rule)) return ''
  if (due === null) return '; no day is known on which it goes'
  const goes = goesInWords(fateOf(rule.action))
  const withIndex = due > lastKept(rule, image) ? ', not before the indexes that list it,' : ''
  return `; ${goes} ${dayAhead(due, now)}${withIndex} unless something changes`
}

function whatIsInTheWay({rule, indexes, subject}: Reason & {readonly kind: 'listed'}): string {
  const [first = '', ...others] = indexes
  const listing =
    others.length === 0
      ? `${first} lists it and stays`
      : `${first} and ${others.length === 1 ? 'another index' : `${others.length} other indexes`} list it and stay`
  const marks =
    subject === undefined
      ? `rule ${rule.rulePriority} marks it`
      : `rule ${rule.rulePriority} acts on ${subject}, to which it refers`
  return `${marks}, but ${listing}`
}

/** What keeps every rule from selecting an image, whatever its tags are. */
function whyNoRuleLooks({reason}: Verdict<RepositoryImage>): string | undefined {
  if (reason.kind === 'restoring') return 'it is being restored from the archive'
  const subject = reason.kind === 'follows' || reason.kind === 'listed' ? reason.subject : undefined
  return subject === undefined ? undefined : `it follows ${subject}, to which it refers`
}

function whyNotSelected({selection}: LifecycleRule, image: RepositoryImage): string | undefined {
  const {tagStatus, tagPatternList = [], tagPrefixList = [], storageClass = 'standard'} = selection
  if (image.storageClass !== storageClass)
    return storageClass === 'archive' ? 'it is not archived' : 'it is archived'
  if (tagSelector(selection)(image.tags)) return undefined
  if (tagStatus === 'untagged') return 'it has tags'
  if (image.tags.length === 0) return 'it has no tags'
  const unmatched = [
    ...tagPatternList.filter(pattern => !matches({tagPatternList: [pattern]}, image)),
    ...tagPrefixList
      .filter(prefix => !matches({tagPrefixList: [prefix]}, image))
      .map(prefix => `the prefix ${prefix}`),
  ]
  return `no tag of it matches ${unmatched.join(' or ')}`
}

function matches(
  list: Pick<LifecycleRule['selection'], 'tagPatternList' | 'tagPrefixList'>,
  image: RepositoryImage,
) {
  const selection = {tagStatus: 'tagged', countType: 'imageCountMoreThan', countNumber: 1, ...list} as const
  return tagSelector(selection)(image.tags)
}

/** What a rule that selects an image makes of it, whether it decides or not. */
function partOf(rule: LifecycleRule, {image, ranks}: Verdict<RepositoryImage>, now: number): string {
  const place = ranks.find(({rule: {rulePriority}}) => rulePriority === rule.rulePriority)
  const marks = isCountRule(rule)
    ? (place?.rank ?? 0) > rule.selection.countNumber
    : now > lastKept(rule, image)
  const ground = isCountRule(rule)
    ? `${rankInWords(rule, ranks)}, keeps ${rule.selection.countNumber}`
    : `${beginningInWords(rule.selection.countType, image)}, keeps ${daysInWords(rule.selection.countNumber)}`
  return `${marks ? 'marks it' : 'leaves it'} (${ground})`
}

function rankInWords({rulePriority}: LifecycleRule, ranks: readonly RuleRank[]): string {
  const place = ranks.find(({rule}) => rule.rulePriority === rulePriority)
  if (place === undefined) return 'of no known rank'
  return `${place.rank === 1 ? '' : `${ordinal(place.rank)} `}newest of ${place.of}`
}

function ordinal(rank: number): string {
  const endings: Partial<Record<Intl.LDMLPluralRule, string>> = {one: 'st', two: 'nd', few: 'rd'}
  const ending = endings[new Intl.PluralRules('en', {type: 'ordinal'}).select(rank)] ?? 'th'
  return `${rank}${ending}`
}
