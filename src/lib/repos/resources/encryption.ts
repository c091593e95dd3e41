import type {EncryptionSetting} from '../../config/settings.ts'
import {diffValue} from '../compare.ts'
import type {RepositoryResource, Where} from '../resource.ts'
import {told} from '../told.ts'

/** How what a repository holds is encrypted: fixed when it is made. */
export const encryption: RepositoryResource<EncryptionSetting, EncryptionSetting> = {
  key: 'encryption',
  title: 'encryption',
  isKeyed: false,
  verbs: [],
  fields: {
    'CreateRepository.encryptionConfiguration.encryptionType': 'encryption.type',
    'CreateRepository.encryptionConfiguration.kmsKey': 'encryption.key',
  },
  async read(place) {
    const repository = await place.described()
    if (repository === null) return new Map()
    const {encryptionType, kmsKey: key} = repository.encryptionConfiguration ?? {}
    const type = told(encryptionType, 'encryptionConfiguration.encryptionType', place)
    return new Map([['', {type, ...(key === undefined ? {} : {key})}]])
  },
  desired(setting, live, where) {
    if (setting === null || live === null) return {state: setting ?? live, foreign: [], notes: []}
    const keys = setting.type === live.type ? compareKeys(setting.key, live.key) : 'different'
    if (keys === 'different') return {state: setting, foreign: [], notes: [], blocked: remedy(setting, where)}
    const note = `Whether ${setting.key} names the key ${live.key ?? 'of AWS'} cannot be told from here: name the ARN of the key.`
    return {state: live, foreign: [], notes: keys === 'unknown' ? [note] : []}
  },
  diff: (live, wanted) => [
    ...diffValue('type', live?.type, wanted?.type),
    ...diffValue('key', live?.key, wanted?.key),
  ],
  async apply() {
    // It is blocked: ECR has no request for it.
  },
  export: live => live,
}

type Comparison = 'same' | 'different' | 'unknown'

/**
 * A key has an id, an ARN that ends with it, and aliases, of which only KMS knows whose they are (KMS developer guide,
 * key identifiers). Without a wanted one any will do.
 */
function compareKeys(wanted: string | undefined, live: string | undefined): Comparison {
  if (wanted === undefined || wanted === live) return 'same'
  if (live === undefined || isAlias(wanted) !== isAlias(live)) return 'unknown'
  if (isArn(wanted) && isArn(live)) return 'different'
  return nameOf(wanted) === nameOf(live) ? 'same' : 'different'
}

function isArn(key: string): boolean {
  return key.startsWith('arn:')
}

function isAlias(key: string): boolean {
  return /^(?:arn:[^/]*:)?alias\//.test(key)
}

/** The id of a key, or an alias without whose it is. */
function nameOf(key: string): string {
  return key.slice(key.indexOf('/') + 1)
}

/** ECR user guide, encryption-at-rest: it cannot be changed later. */
function remedy({type}: EncryptionSetting, {repository = ''}: Where): string {
  return `ECR fixes the encryption when a repository is made, and Gantry replaces none: make a new repository with ${type}, copy the images there with gantry promote, and give ${repository} a tombstone; or say here what it has.`
}
