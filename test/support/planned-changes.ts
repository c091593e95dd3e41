import type {InventoryRegistry} from '../../src/lib/ecr/inventory/model.ts'
import type {PlannedChange} from '../../src/lib/repos/model.ts'

const accounts = {dev: '111111111111', prod: '222222222222'}

/** The registry of that account in eu-west-1. */
export function registryOf(alias: keyof typeof accounts): InventoryRegistry {
  const account = accounts[alias]
  const region = 'eu-west-1'
  const host = `${account}.dkr.ecr.${region}.amazonaws.com`
  return {label: `${alias}@${region}`, host, account, region, alias}
}

/** A change of a resource, from `before` to `after` unless told else. */
export function plannedChange(
  registry: InventoryRegistry,
  repository: string | null,
  resource: string,
  parts: Partial<PlannedChange> = {},
): PlannedChange {
  return {
    registry,
    repository,
    resource,
    entry: '',
    kind: 'change',
    before: parts.kind === 'create' ? null : 'before',
    after: 'after',
    lines: [],
    foreign: [],
    notes: [],
    risks: [],
    remedy: null,
    source: {path: [], origin: {file: 'repos.yaml', line: 7, column: 5}, hidden: []},
    lifecycle: null,
    ...parts,
  }
}
