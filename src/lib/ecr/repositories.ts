import type {Repository} from '@aws-sdk/client-ecr'
import {FailureError} from '../errors.ts'
import type {RepositorySettings} from '../oci/registry.ts'
import type {EcrApi} from './api.ts'
import {inBatches} from './batches.ts'
import type {NewRepositorySettings} from './registry-api.ts'
import {orUnknown} from './unknowable.ts'

/** What is told of a repository; null when we may not ask, so that it may not even be there. */
type Told = Repository | null

/** What is told of those repositories that exist, by name; null for all that we may not ask about. */
export async function findRepositories(
  api: EcrApi,
  names: readonly string[],
): Promise<ReadonlyMap<string, Told>> {
  const batches = await inBatches(names, batch => describeBatch(api, batch))
  return new Map(batches.flat())
}

/** Settings of those repositories that exist; `unknown` for all that we may not ask about. */
export async function describeRepositories(
  api: EcrApi,
  names: readonly string[],
): Promise<ReadonlyMap<string, RepositorySettings>> {
  const found = await findRepositories(api, names)
  return new Map([...found].map(([name, told]) => [name, told === null ? unknown : toSettings(told)]))
}

/** Makes a repository with these settings, and else with the registry's defaults; one that is there already is success. */
export async function createRepository(
  api: EcrApi,
  name: string,
  settings?: RepositorySettings,
): Promise<void> {
  try {
    await api.registry.createRepository(name, settings && toRequest(settings))
  } catch (error) {
    if (!hasCode(error, 'REPOSITORY_ALREADY_EXISTS')) throw error
  }
}

/** Whether the account lets blobs be mounted (ECR user guide, blob-mounting); also when that cannot be known. */
export function mayMount(api: EcrApi): Promise<boolean> {
  return orUnknown(async () => (await api.registry.accountSetting('BLOB_MOUNTING')) !== 'DISABLED', true)
}

/** Those of `names` for which there is a creation template for pushes (ECR user guide, repository-creation-templates). */
export async function madeByPush(api: EcrApi, names: readonly string[]): Promise<ReadonlySet<string>> {
  const prefixes = await orUnknown(async () => {
    const templates = []
    for await (const page of api.registry.creationTemplates()) templates.push(...page)
    return templates.flatMap(({appliedFor = [], prefix = ''}) =>
      appliedFor.includes('CREATE_ON_PUSH') ? [prefix] : [],
    )
  }, [])
  // A prefix `prod` means `prod/`; ROOT is for what no other fits.
  const isMade = (name: string) =>
    prefixes.some(prefix => prefix === 'ROOT' || name.startsWith(`${prefix.replace(/\/$/, '')}/`))
  return new Set(names.filter(isMade))
}

/** One missing repository fails the whole call, so halves are asked until it stands alone. */
async function describeBatch(
  api: EcrApi,
  names: readonly string[],
): Promise<readonly (readonly [name: string, Told])[]> {
  try {
    const repositories = await api.registry.describeRepositories(names)
    return repositories.map(each => [each.repositoryName ?? '', each])
  } catch (error) {
    // In another account a denial may also mean that there is no such repository.
    if (hasCode(error, 'ACCESS_DENIED')) return names.map(name => [name, null])
    if (!hasCode(error, 'REPOSITORY_NOT_FOUND')) throw error
    if (names.length === 1) return []
    const middle = Math.ceil(names.length / 2)
    const halves = [names.slice(0, middle), names.slice(middle)]
    return (await Promise.all(halves.map(half => describeBatch(api, half)))).flat()
  }
}

const unknown: RepositorySettings = {tagMutability: 'unknown', exclusions: []}

function toSettings(repository: Repository): RepositorySettings {
  const {imageTagMutability, imageTagMutabilityExclusionFilters = []} = repository
  const exclusions = imageTagMutabilityExclusionFilters.flatMap(({filter}) => filter ?? [])
  const {scanOnPush} = repository.imageScanningConfiguration ?? {}
  const {encryptionType: encryption} = repository.encryptionConfiguration ?? {}
  return {
    tagMutability: imageTagMutability ?? 'unknown',
    exclusions,
    ...(scanOnPush === undefined ? {} : {scanOnPush}),
    ...(encryption === undefined ? {} : {encryption}),
  }
}

/** Without the key of the encryption: that of a source is of another account or region, and AWS's own takes its place. */
function toRequest({
  tagMutability,
  exclusions,
  scanOnPush,
  encryption,
}: RepositorySettings): NewRepositorySettings {
  return {
    ...(tagMutability === 'unknown' ? {} : {imageTagMutability: tagMutability}),
    ...(exclusions.length === 0
      ? {}
      : {
          imageTagMutabilityExclusionFilters: exclusions.map(filter => ({filter, filterType: 'WILDCARD'})),
        }),
    ...(scanOnPush === undefined ? {} : {imageScanningConfiguration: {scanOnPush}}),
    ...(encryption === undefined ? {} : {encryptionConfiguration: {encryptionType: encryption}}),
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof FailureError && error.code === code
}
