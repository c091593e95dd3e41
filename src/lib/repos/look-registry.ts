/** Looks at what a registry is configured with as a whole. */

import type {Estate} from '../config/estate.ts'
import {resolveRegistry} from '../config/resolve.ts'
import type {CreationTemplateSetting} from '../config/settings.ts'
import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import {type Findings, joinFindings, lookAtResource, noFindings} from './findings.ts'
import type {PlannedChange} from './model.ts'
import {earlyResources, lateResources} from './resources.ts'

/** What a registry as a whole came to. */
export interface RegistryFindings extends Findings {
  readonly warnings: readonly string[]
}

const resources = [...earlyResources, ...lateResources]

/** @param names of the repositories that are there, all of them. */
export async function lookAtRegistry(
  at: OpenRegistry,
  estate: Estate,
  names: readonly string[],
  signal: AbortSignal,
): Promise<RegistryFindings> {
  const {registry, caller} = at
  const resolved = resolveRegistry(estate, registry)
  if (resources.every(({key}) => resolved.settings[key as keyof typeof resolved.settings] === undefined))
    return {...noFindings, warnings: []}
  if (caller.account !== registry.account) return {...noFindings, warnings: [foreignWarning(at)]}
  const subject = {registry, repository: null, estate, resolved}
  const looks = resources.map(resource => lookAtResource(resource, subject, {at}, signal))
  const findings = joinFindings(await Promise.all(looks))
  const templates = resolved.settings.creationTemplates ?? {}
  const changes = findings.changes.map(change => withUntouched(change, templates, names))
  return {...findings, changes, warnings: []}
}

function foreignWarning({registry, caller}: OpenRegistry): string {
  return `${registry.label}: what repos.yaml says of the registry as a whole is left out, for ECR tells and takes that of account ${registry.account} alone, and ${caller.arn} asks.`
}

/** A template makes repositories, and changes none (ECR user guide, repository-creation-templates). */
function withUntouched(
  change: PlannedChange,
  templates: Readonly<Record<string, CreationTemplateSetting | null>>,
  names: readonly string[],
): PlannedChange {
  const {resource, entry, kind, notes} = change
  if (resource !== 'creationTemplates' || kind === 'remove') return change
  if (templates[entry]?.applyToExisting === true) return change
  const untouched = names.filter(name => madeBy(name, Object.keys(templates)) === entry).length
  if (untouched === 0) return change
  const note = `${untouched === 1 ? '1 repository that exists stays as it is' : `${untouched} repositories that exist stay as they are`}: say applyToExisting: true for those, or set it by match.`
  return {...change, notes: [...notes, note]}
}

/** Of several prefixes the longest counts; `prod` means `prod/`, and ROOT is for what no other fits. */
function madeBy(name: string, prefixes: readonly string[]): string | undefined {
  const fitting = prefixes.filter(prefix => name.startsWith(`${prefix.replace(/\/$/, '')}/`))
  return fitting.toSorted((a, b) => b.length - a.length)[0] ?? prefixes.find(prefix => prefix === 'ROOT')
}
