/** What is the same of many is told once: names first, and then what is said of them. */

/** Names that people are shown of things of which the same is said; programs get all of them. */
export const mostNamed = 10

/** Things of which the same is said. */
export interface Alike<Item> {
  readonly items: readonly [Item, ...Item[]]
  readonly lines: readonly string[]
}

/** Brings together what the same lines are said of, each at the place of its first. */
export function joinAlike<Item>(
  items: readonly Item[],
  linesOf: (item: Item) => readonly string[],
): readonly Alike<Item>[] {
  const groups = new Map<string, {items: [Item, ...Item[]]; lines: readonly string[]}>()
  for (const item of items) {
    const lines = linesOf(item)
    const key = JSON.stringify(lines)
    const known = groups.get(key)
    if (known === undefined) groups.set(key, {items: [item], lines})
    else known.items.push(item)
  }
  return [...groups.values()]
}

/** The first of the names, and how many there are besides. */
export function firstNames(names: readonly string[]): readonly string[] {
  const left = names.length - mostNamed
  return [...names.slice(0, mostNamed), ...(left > 0 ? [`and ${left.toLocaleString('en-US')} more`] : [])]
}
