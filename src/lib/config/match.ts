/**
 * Repository and tag patterns. Matching looks for the literal pieces between wildcards from left to right and never
 * goes back, so that no pattern is slow; user text never becomes a regular expression.
 */

/** ECR API, RepositoryName. */
export const repositoryNamePattern =
  /^(?=.{2,256}$)[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
/** ECR API, RepositoryName: segments of lower-case words with single separators. Here `*` may stand in any of them. */
export const repositoryPattern = /^(?!.*\*\*[^/])(?!.*[^/]\*\*)(?:[a-z0-9*._-]+\/)*[a-z0-9*._-]+$/
/** OCI distribution specification, tags. */
export const tagPattern = /^(?!.*\*\*)[A-Za-z0-9_*][A-Za-z0-9_.*-]{0,127}$/
/** Names of packages and paths in images. Namespaces of packages have slashes, at signs and colons; no name has white space. */
export const packagePattern = /^[^\s\p{Cc}]{1,256}$/u

/**
 * Paths in images, by segments: `app/**`. No path of a finding has a segment that is empty, `.` or `..`, so that a pattern
 * with one would fit nothing.
 */
export const pathPattern =
  /^(?=.{1,256}$)\/?(?!\.{1,2}(?:\/|$))[^\s/\p{Cc}]+(?:\/(?!\.{1,2}(?:\/|$))[^\s/\p{Cc}]+)*$/u

/**
 * Whether a repository name matches a pattern. `*` stands for any text within one path segment; a segment `**` for any
 * number of segments, none included, except at the end: `payments/**` is everything inside `payments`, not itself.
 */
export function matchesRepository(pattern: string, name: string): boolean {
  return matchesPath(pattern, name)
}

/** As {@link matchesRepository}, of any text with slashes; one at the start makes no difference. */
export function matchesPath(pattern: string, path: string): boolean {
  return pathMatcher(pattern)(path)
}

/** {@link matchesPath} of a pattern that many paths are held to. */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const wanted = segmentsOf(pattern)
  // Most paths are told from most patterns by how they begin.
  const [start = ''] = wanted.join('/').split('*', 1)
  if (wanted.at(-1) === '**') wanted.push('*')
  const runs = split(wanted, '**')
  return path => {
    if (!path.startsWith(start, path.startsWith('/') ? 1 : 0)) return false
    const given = segmentsOf(path)
    return matchesRuns(runs, given.length, (run, at) =>
      run.every((segment, index) => matchesText(segment, given[at + index] ?? '')),
    )
  }
}

/** Whether a tag matches a pattern, in which `*` stands for any text. */
export function matchesTag(pattern: string, tag: string): boolean {
  return matchesText(pattern, tag)
}

/** Whether a text matches a pattern, in which `*` stands for any text. */
export function matchesText(pattern: string, text: string): boolean {
  return matchesRuns(pattern.split('*'), text.length, (run, at) => text.startsWith(run, at))
}

/**
 * Whether a text matches a pattern of AWS policies, in which `*` stands for any text and `?` for any one character (IAM
 * user guide, "IAM JSON policy elements: Resource").
 */
export function matchesWildcards(pattern: string, text: string): boolean {
  return matchesRuns(pattern.split('*'), text.length, (run, at) =>
    run.split('').every((character, index) => character === '?' || character === text[at + index]),
  )
}

/**
 * Whether runs of literals, with a gap of any size between each two, cover `length` places: the first run at the start,
 * the last at the end, each other at the first place that fits, which leaves the most room for those behind it.
 */
function matchesRuns<Run extends {readonly length: number}>(
  runs: readonly Run[],
  length: number,
  fits: (run: Run, at: number) => boolean,
): boolean {
  const [first, ...rest] = runs
  const last = rest.pop()
  if (first === undefined) return length === 0
  if (last === undefined) return first.length === length && fits(first, 0)
  const end = length - last.length
  if (first.length > end || !fits(first, 0) || !fits(last, end)) return false
  let at = first.length
  for (const run of rest) {
    while (at + run.length <= end && !fits(run, at)) at++
    if (at + run.length > end) return false
    at += run.length
  }
  return true
}

function segmentsOf(path: string): string[] {
  return path.replace(/^\//, '').split('/')
}

function split(segments: readonly string[], separator: string): string[][] {
  const runs: string[][] = [[]]
  for (const segment of segments) {
    if (segment === separator) runs.push([])
    else runs.at(-1)?.push(segment)
  }
  return runs
}
