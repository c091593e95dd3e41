import {EcrError} from '../ecr-error.ts'

/** As the API has it; ECR Public may leave out either. */
export interface AskedTag {
  readonly Key?: string
  readonly Value?: string
}

export type ResourceTags = Readonly<Record<string, string>>

const mostTags = 50
// ECR user guide, ecr-using-tags.
const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/**
 * The tags that a repository has once `added` are set. The wordings of the refusals are unconfirmed.
 *
 * @throws {EcrError} InvalidTagParameterException, TooManyTagsException.
 */
export function withTags(present: ResourceTags, added: readonly AskedTag[]): ResourceTags {
  for (const [index, {Key: key = '', Value: value = ''}] of added.entries()) {
    requireKey(key)
    if (value.length > 256 || !allowed.test(value))
      throw invalidTag(`The value of the tag '${key}' is not valid`)
    if (added.findIndex(({Key}) => Key === key) < index) throw invalidTag(`The tag '${key}' is given twice`)
  }
  const tags = {...present, ...Object.fromEntries(added.map(({Key = '', Value = ''}) => [Key, Value]))}
  if (Object.keys(tags).length > mostTags) throw tooManyTags()
  return tags
}

/**
 * The tags that a repository has once those with these keys are gone.
 *
 * @throws {EcrError} InvalidTagParameterException, TooManyTagsException.
 */
export function withoutTags(present: ResourceTags, keys: readonly string[]): ResourceTags {
  for (const key of keys) requireKey(key)
  if (keys.length > mostTags) throw tooManyTags()
  return Object.fromEntries(Object.entries(present).filter(([key]) => !keys.includes(key)))
}

function requireKey(key: string): void {
  if (key.toLowerCase().startsWith('aws:')) {
    throw invalidTag(`The tag key '${key}' is not valid: keys that begin with aws: are reserved`)
  }
  if (key.length < 1 || key.length > 128 || !allowed.test(key)) {
    throw invalidTag(`The tag key '${key}' is not valid`)
  }
}

function invalidTag(message: string): EcrError {
  return new EcrError('InvalidTagParameterException', message)
}

function tooManyTags(): EcrError {
  return new EcrError('TooManyTagsException', `A repository can have at most ${mostTags} tags`)
}
