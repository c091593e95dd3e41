/** How changes are named in plans and records. */
import type {PlannedChange} from './model.ts'
import {repositoryKey} from './repository.ts'

/** `HOST/REPOSITORY#KEY`, `HOST#KEY/ENTRY`; of a repository itself `HOST/REPOSITORY`. */
export function subjectOf({
  registry,
  repository,
  resource,
  entry,
}: Pick<PlannedChange, 'registry' | 'repository' | 'resource' | 'entry'>): string {
  const place = repository === null ? registry.host : `${registry.host}/${repository}`
  if (resource === repositoryKey) return place
  return entry === '' ? `${place}#${resource}` : `${place}#${resource}/${entry}`
}

/** `create-repository`, `delete-repository`, `change-tag-mutability`. */
export function verbOf({
  resource,
  kind,
}: {
  readonly resource: string
  readonly kind: 'create' | 'change' | 'remove'
}): string {
  const verb = resource === repositoryKey && kind === 'remove' ? 'delete' : kind
  return `${verb}-${resource.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}
