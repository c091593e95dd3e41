/** What tags and the entries of tag lists are about, told by their words: `release-1.2`, `v3`, `pr-17`. */

const release = new Set([
  'v',
  'rel',
  'release',
  'releases',
  'prod',
  'production',
  'main',
  'master',
  'stable',
  'live',
])
const environment = new Set(['prod', 'production', 'live', 'stable', 'latest', 'staging'])
const passing = new Set([
  'pr',
  'mr',
  'pull',
  'feature',
  'feat',
  'fix',
  'bugfix',
  'branch',
  'dev',
  'develop',
  'test',
  'snapshot',
  'nightly',
  'tmp',
  'temp',
  'ci',
  'renovate',
  'dependabot',
])

/** Whether a pattern or prefix speaks of what people go back to; `*` and bare numbers do, too. */
export function isReleaseLike(entry: string): boolean {
  const words = wordsOf(entry)
  return words.length === 0 || words.some(word => release.has(word))
}

/** Whether a pattern or prefix speaks of a tag that moves along with what runs. */
export function isEnvironmentLike(entry: string): boolean {
  const [first = ''] = wordsOf(entry)
  return environment.has(first)
}

/** Whether the tag is of a build that nobody goes back to: a pull request, a branch. */
export function isPassing(tag: string): boolean {
  const [first = ''] = wordsOf(tag)
  return passing.has(first)
}

/** Letters and the sign after them: `release-` of `release-1.2`. Commit hashes and numbers have families of their own. */
export function familyOf(tag: string): string {
  if (/^(?=.*\d)[0-9a-f]{7,64}$/.test(tag)) return 'commit hashes'
  return /^[A-Za-z]+[._-]?/.exec(tag)?.[0] ?? 'numbers'
}

/** Families of tags, the largest first, with how many tags each has. */
export function familiesOf(tags: Iterable<string>): readonly (readonly [family: string, size: number])[] {
  const sizes = new Map<string, number>()
  for (const tag of tags) {
    const family = familyOf(tag)
    sizes.set(family, (sizes.get(family) ?? 0) + 1)
  }
  return [...sizes].toSorted(([, a], [, b]) => b - a)
}

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(word => word !== '')
}
