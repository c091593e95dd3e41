/** What belongs into which list of readable rules, and what ECR can do instead of what does not. */
import {checkUnique, elementsOf, type Mapping, mappingOf, type Report} from '../check-parts.ts'
import type {Path} from '../problems.ts'
import {daysOf} from './duration.ts'

type ListName = 'keep' | 'expire' | 'archive'

const selectors = ['tags', 'anyOf', 'allOf', 'untagged', 'any'] as const
const measures = ['keepLast', 'olderThan', 'notPulledFor'] as const
/** ECR user guide, lifecycle_policy_parameters. */
const minArchivedDays = 90

/** Keys that a list does not take, and what to write instead. */
const refused: Readonly<Record<ListName, Readonly<Record<string, string>>>> = {
  keep: {
    any: 'would keep everything, and no other rule would ever act. To have no policy, write lifecycle: null.',
    keepLast:
      'does not go with keep, which keeps all that it names. To keep the newest and expire the others, write under expire: {tags: "v*", keepLast: 20}.',
    olderThan:
      'does not go with keep, which keeps all that it names. To keep the young and expire the others, write under expire: {tags: "v*", olderThan: 90d}.',
    notPulledFor: 'does not go with keep. Images that nobody pulls can be archived: write it under archive.',
    thenExpireAfter: 'does not go with keep: nothing expires here. It belongs to a rule under archive.',
    except:
      'does not go with keep: what keep does not name is left to the other rules. Name fewer images instead.',
  },
  expire: {
    notPulledFor:
      'does not go with expire: ECR only archives by the last pull. Write under archive: {any: true, notPulledFor: 180d, thenExpireAfter: 90d}.',
    thenExpireAfter: 'does not go with expire, which deletes at once. Write the rule under archive.',
  },
  archive: {},
}

const whenMissing: Readonly<Record<ListName, string>> = {
  keep: '',
  expire: 'does not say when. Add olderThan: 14d, or keepLast: 20.',
  archive: 'does not say when. Add notPulledFor: 180d, olderThan: 90d, or keepLast: 20.',
}

/** Whether the rules of a preset, of a file or of a repository go together. */
export function checkRules(value: unknown, path: Path, report: Report): void {
  const rules = mappingOf(value)
  if (value === rules && Object.keys(rules).length === 0) {
    report(path, "is empty. Write keep, expire or archive, or rules in ECR's own grammar.")
  }
  const beside = ['use', 'keep', 'expire', 'archive'].find(key => key in rules)
  if ('rules' in rules && beside !== undefined) {
    report(
      [...path, 'rules'],
      `stands beside ${beside}: rules in ECR's own grammar are a whole policy. Keep one of the two.`,
      'key',
    )
  }
  checkUnique(rules['use'], [...path, 'use'], report)
  for (const list of ['keep', 'expire', 'archive'] as const) {
    for (const [index, rule] of elementsOf(rules[list]).entries()) {
      if (rule === mappingOf(rule)) checkRule(mappingOf(rule), list, [...path, list, index], report)
    }
  }
}

function checkRule(rule: Mapping, list: ListName, path: Path, report: Report): void {
  const has = (key: string) => key in rule
  const [wrong, fixes] = [Object.keys(refused[list]).filter(has), refused[list]]
  for (const key of wrong) report([...path, key], fixes[key] ?? '', 'key')
  for (const key of ['anyOf', 'allOf', 'except']) checkUnique(rule[key], [...path, key], report)

  const [selector, another] = selectors.filter(has)
  if (selector === undefined) {
    const any = list === 'keep' ? '' : ', or any: true'
    report(
      path,
      `does not say which images. Write tags: "v*", anyOf or allOf with a list, untagged: true${any}.`,
      'value',
      'tags',
    )
  }
  if (another !== undefined) {
    report(
      [...path, another],
      `stands beside ${selector}. A rule selects images in one way: write two rules, or keep one of the two.`,
      'key',
    )
  }
  if (list === 'keep') return

  const [measure, second] = measures.filter(has)
  if (measure === undefined) report(path, whenMissing[list], 'value', 'olderThan')
  else if (second !== undefined && !wrong.includes(second))
    report([...path, second], oneMeasure(measure), 'key')
  if (has('except') && has('untagged')) {
    report([...path, 'except'], 'has nothing to spare: untagged images have no tags. Take it out.', 'key')
  }
  const days = daysOf(rule['thenExpireAfter'])
  if (days !== undefined && days < minArchivedDays) {
    report(
      [...path, 'thenExpireAfter'],
      `is less than ${minArchivedDays}d, the least that ECR keeps an image in the archive. Write ${minArchivedDays}d or more.`,
    )
  }
}

function oneMeasure(measure: string): string {
  const what =
    measure === 'keepLast'
      ? 'ECR counts images or measures their age, not both in a rule. With keepLast alone the newest stay however old they are, with the age alone all that are old go.'
      : 'ECR measures one age in a rule.'
  return `stands beside ${measure}. ${what} Keep one of the two.`
}
