/** Where a file says what repositories should be, its values as they were read, right or wrong. */
import {elementsOf, type Mapping, mappingOf} from './check-parts.ts'
import type {Path} from './problems.ts'

export interface Holder {
  readonly path: Path
  readonly value: Mapping
  readonly kind: 'defaults' | 'match' | 'repository' | 'template'
  /** Key of the registry or of the overlay that it is in; undefined for all. */
  readonly scope: string | undefined
}

export function holdersOf(data: Mapping): readonly Holder[] {
  const overlays = mappingOf(data['overlays'])
  return [
    ...levelsOf(data, [], undefined),
    ...Object.keys(overlays).flatMap(key => levelsOf(mappingOf(overlays[key]), ['overlays', key], key)),
    ...templatesOf(mappingOf(data['registries'])),
  ]
}

function levelsOf(levels: Mapping, path: Path, scope: string | undefined): Holder[] {
  const repositories = mappingOf(levels['repositories'])
  return [
    {path: [...path, 'defaults'], value: mappingOf(levels['defaults']), kind: 'defaults', scope},
    ...elementsOf(levels['match']).map((rule, index): Holder => {
      const value = mappingOf(mappingOf(rule)['set'])
      return {path: [...path, 'match', index, 'set'], value, kind: 'match', scope}
    }),
    ...Object.keys(repositories).map((name): Holder => {
      const value = mappingOf(repositories[name])
      return {path: [...path, 'repositories', name], value, kind: 'repository', scope}
    }),
  ]
}

function templatesOf(registries: Mapping): Holder[] {
  return Object.keys(registries).flatMap(scope => {
    const templates = mappingOf(mappingOf(registries[scope])['creationTemplates'])
    return Object.keys(templates).map((prefix): Holder => {
      const path = ['registries', scope, 'creationTemplates', prefix]
      return {path, value: mappingOf(templates[prefix]), kind: 'template', scope}
    })
  })
}
