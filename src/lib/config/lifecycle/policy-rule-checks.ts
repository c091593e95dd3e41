/** What ties the values of one rule of a lifecycle policy to each other (ECR user guide, lifecycle_policy_parameters). */
import {elementsOf, type Mapping} from '../check-parts.ts'
import type {Path} from '../problems.ts'
import {maxWildcards} from './policy-schema.ts'
import type {Finder, RuleView} from './policy-view.ts'

const leastDaysInArchive = 90
const listKeys = ['tagPatternList', 'tagPrefixList'] as const

export function checkRule(rule: RuleView, find: Finder): void {
  checkTags(rule, find)
  checkUnit(rule, find)
  checkArchive(rule, find)
  checkAction(rule, find)
}

function checkTags({path, selection, tagStatus}: RuleView, find: Finder): void {
  for (const [index, pattern] of elementsOf(selection['tagPatternList']).entries()) {
    const count = typeof pattern === 'string' ? pattern.split('*').length - 1 : 0
    if (count > maxWildcards) {
      const text = `has ${count} wildcards (*), and ECR takes ${maxWildcards}. Leave some out.`
      find([...path, 'selection', 'tagPatternList', index], 'too-many-wildcards', text)
    }
  }
  const lists = listKeys.filter(key => isFilled(selection[key]))
  const at = (key: string): Path => [...path, 'selection', key]
  if (tagStatus === 'tagged' && lists.length > 1) {
    find(at('tagPrefixList'), 'both-tag-lists', 'stands beside tagPatternList. Keep one of the two.', {
      place: 'key',
    })
  }
  if (tagStatus === 'tagged' && !meansList(selection)) {
    const text =
      'tagged images are selected by their tags. Add tagPatternList: ["*"], or the patterns you mean.'
    find(at('tagStatus'), 'tag-list-missing', text)
  }
  if (tagStatus !== 'untagged' && tagStatus !== 'any') return
  for (const key of lists) {
    const text = `does not go with ${tagStatus}. Take it out, or write tagStatus: tagged.`
    find(at(key), 'tag-list-needless', text, {place: 'key'})
  }
}

/** A null or an empty list is a fault of its own, and no list. */
function isFilled(list: unknown): boolean {
  return list !== undefined && list !== null && !(Array.isArray(list) && list.length === 0)
}

/** Whether there is a list, if a wrong one, or under a wrong name. */
function meansList(selection: Mapping): boolean {
  return Object.keys(selection).some(key => key !== 'tagStatus' && key.toLowerCase().startsWith('tag'))
}

function checkUnit({path, selection, countType}: RuleView, find: Finder): void {
  if (countType === undefined) return
  if (countType !== 'imageCountMoreThan') {
    if ('countUnit' in selection) return
    const text = `"countUnit" is missing, and ${countType} needs it. Add countUnit: days.`
    find([...path, 'selection'], 'count-unit-missing', text, {place: 'key', missing: 'countUnit'})
  } else if ('countUnit' in selection && selection['countUnit'] !== null) {
    const text = 'does not go with imageCountMoreThan, which counts images. Take it out.'
    find([...path, 'selection', 'countUnit'], 'count-unit-needless', text, {place: 'key', needless: true})
  }
}

function checkArchive({path, selection, declaredClass, countType}: RuleView, find: Finder): void {
  const at = (key: string): Path => [...path, 'selection', key]
  if (countType === undefined) return
  if (countType !== 'sinceImageTransitioned') {
    if (declaredClass !== 'archive') return
    const text = `archived images are selected by sinceImageTransitioned alone, not ${countType}. Take storageClass out, or count by that.`
    find(at('storageClass'), 'archive-needs-transitioned', text)
    return
  }
  if (declaredClass === 'standard') {
    const isThere = 'storageClass' in selection
    const text = `sinceImageTransitioned counts days in the archive. ${isThere ? 'Write' : 'Add storageClass:'} archive.`
    find(at(isThere ? 'storageClass' : 'countType'), 'transitioned-needs-archive', text)
  }
  const days = selection['countNumber']
  if (typeof days === 'number' && Number.isInteger(days) && days >= 1 && days < leastDaysInArchive) {
    const text = `${days} days are too few: an image stays in the archive for at least ${leastDaysInArchive}. Write ${leastDaysInArchive} or more.`
    find(at('countNumber'), 'archive-under-90-days', text)
  }
}

function checkAction({path, action, actionType, countType}: RuleView, find: Finder): void {
  const at = (...keys: string[]): Path => [...path, 'action', ...keys]
  const hasTarget = 'targetStorageClass' in action
  if (actionType === 'transition' && countType === 'sinceImageTransitioned') {
    const text = `what is in the archive can only expire. Write expire${hasTarget ? ', and take targetStorageClass out' : ''}.`
    find(at('type'), 'transitioned-needs-expire', text)
  } else if (actionType === 'transition' && !hasTarget) {
    const text = '"targetStorageClass" is missing, and transition needs it. Add targetStorageClass: archive.'
    find(at(), 'target-missing', text, {place: 'key', missing: 'targetStorageClass'})
  }
  if (actionType !== 'expire') return
  if (countType === 'sinceImagePulled') {
    const text = `sinceImagePulled can archive an image and not expire it. Write transition${hasTarget ? '' : ', with targetStorageClass: archive'}; or count by sinceImagePushed.`
    find(at('type'), 'pulled-needs-transition', text)
  } else if (hasTarget && action['targetStorageClass'] !== null) {
    const text = 'does not go with expire. Take it out, or write type: transition.'
    find(at('targetStorageClass'), 'target-needless', text, {place: 'key', needless: true})
  }
}
