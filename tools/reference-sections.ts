import {isShape, keysOf, partsOf, type Schema, type Shape} from './reference-schema.ts'

/** A mapping with keys of its own, wherever in the file it may stand. */
export interface Section {
  /** `registries.*.scanning`; of what stands at several places its key: `policy`. */
  readonly title: string
  /** Empty where the title says it. */
  readonly places: readonly string[]
  readonly shape: Shape
}

interface Occurrence {
  readonly parent: string
  /** From the parent: `statements[]`. */
  readonly name: string
}

/** The sections of a schema, each shape once, in the order in which they are met; by {@link identityOf}. */
export function sectionsOf(root: Shape): ReadonlyMap<string, Section> {
  const shapes = new Map<string, Shape>()
  const occurrences = new Map<string, Occurrence[]>()
  const visit = (shape: Shape) => {
    const parent = identityOf(shape)
    if (shapes.has(parent)) return
    shapes.set(parent, shape)
    for (const [key, value] of keysOf(shape)) {
      for (const {name, inner} of shapesIn(key, value)) {
        const identity = identityOf(inner)
        const known = occurrences.get(identity) ?? []
        occurrences.set(identity, [...known, {parent, name}])
        visit(inner)
      }
    }
  }
  visit(root)
  return new Map(
    [...shapes].map(([identity, shape]) => {
      const title = titleOf(identity, occurrences)
      const places = (occurrences.get(identity) ?? []).map(each => placeOf(each, occurrences))
      return [identity, {title, places: places.length > 1 ? [...new Set(places)] : [], shape}]
    }),
  )
}

/** Shapes that are the same have the same one. */
export function identityOf(shape: Shape): string {
  return JSON.stringify({...shape, description: undefined, default: undefined})
}

function shapesIn(name: string, schema: Schema): {name: string; inner: Shape}[] {
  if (isShape(schema)) return [{name, inner: schema}]
  return partsOf(schema).flatMap(({name: step, part}) => shapesIn(`${name}${step}`, part))
}

function titleOf(identity: string, occurrences: ReadonlyMap<string, readonly Occurrence[]>): string {
  const [first, ...others] = occurrences.get(identity) ?? []
  if (first === undefined) return ''
  return others.length === 0 ? placeOf(first, occurrences) : first.name
}

function placeOf(
  {parent, name}: Occurrence,
  occurrences: ReadonlyMap<string, readonly Occurrence[]>,
): string {
  const above = titleOf(parent, occurrences)
  return above === '' ? name : `${above}.${name}`
}
