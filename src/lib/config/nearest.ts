import {show} from './problems.ts'

/** A file may have thousands of wrong words, and thousands of names that each of them might be. */
const mostCandidates = 1000

/**
 * The candidate that `word` was probably meant to be, or undefined when none is near: at most three edits, and no more
 * than a third of the word. Of the candidates that are about as long, the first thousand are looked at.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase()
  let best: string | undefined
  let least = Math.min(3, Math.max(1, Math.floor(word.length / 3))) + 1
  let left = mostCandidates
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue
    if (left-- === 0) break
    const distance = editDistance(...withoutSameEnds(wanted, candidate.toLowerCase()))
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** What to do about a word that is none of the known ones: the nearest of them, or else what `otherwise` says. */
export function nearestOr(word: string, known: Iterable<string>, otherwise: string): string {
  const near = nearest(word, known)
  return near === undefined ? otherwise : `Did you mean ${show(near)}?`
}

/** What is the same at both ends takes no edit, and is most of two words that are near. */
function withoutSameEnds(a: string, b: string): [string, string] {
  const most = Math.min(a.length, b.length)
  let start = 0
  while (start < most && a[start] === b[start]) start++
  let end = 0
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)]
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({length: b.length + 1}, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1)
      }
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}
