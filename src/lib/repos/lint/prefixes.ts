/** The prefix for all names that no other one fits. */
export const root = 'ROOT'

/** Whether a repository is under a prefix of pull-through caches and creation templates: `prod` means `prod/`. */
export function isUnder(prefix: string, repository: string): boolean {
  return prefix === root || repository.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)
}

/** The longest of the prefixes that a repository is under; ROOT last. */
export function prefixFor(prefixes: readonly string[], repository: string): string | undefined {
  const length = (prefix: string) => (prefix === root ? 0 : prefix.length)
  return prefixes
    .filter(prefix => isUnder(prefix, repository))
    .toSorted((one, other) => length(other) - length(one))[0]
}
