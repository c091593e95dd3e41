import type {Truth} from './truth.ts'

/** The values of a policy variable such as `aws:username`; undefined when it is not known. */
export type Variables = (name: string) => readonly string[] | undefined

const many = Symbol('*')
const single = Symbol('?')

type Token = string | typeof many | typeof single

interface Matching {
  /** `*` and `?` stand for other characters; without this, for themselves. */
  readonly wildcards?: boolean
  readonly ignoreCase?: boolean
  /** Without them, `${...}` stands for itself, as in policies of version 2008-10-17. */
  readonly variables?: Variables | undefined
}

/** Whether `text` as a whole is what `pattern` says. A variable without a value matches nothing. */
export function matches(pattern: string, text: string, how: Matching = {}): Truth {
  const fold = how.ignoreCase === true ? (value: string) => value.toLowerCase() : (value: string) => value
  const tokens = tokensOf(fold(pattern), how)
  if (tokens === 'unknown') return 'unknown'
  return (
    tokens !== undefined &&
    covers(
      tokens.map(token => (typeof token === 'string' ? fold(token) : token)),
      fold(text),
    )
  )
}

function tokensOf(
  pattern: string,
  {wildcards = false, variables}: Matching,
): readonly Token[] | undefined | 'unknown' {
  const tokens: Token[] = []
  for (let at = 0; at < pattern.length; at++) {
    const end = variables !== undefined && pattern.startsWith('${', at) ? pattern.indexOf('}', at) : -1
    if (variables !== undefined && end >= 0) {
      const value = resolve(pattern.slice(at + 2, end), variables)
      if (value === undefined || value === 'unknown') return value
      tokens.push(...value.text.split(''))
      at = end
    } else {
      const character = pattern.charAt(at)
      if (wildcards && character === '*') tokens.push(many)
      else tokens.push(wildcards && character === '?' ? single : character)
    }
  }
  return tokens
}

// IAM user guide, "IAM policy elements: variables and tags": `${aws:username, 'default'}`, and `${*}`, `${?}`, `${$}`
// for the characters themselves.
function resolve(inside: string, variables: Variables): {readonly text: string} | undefined | 'unknown' {
  if (['*', '?', '$'].includes(inside)) return {text: inside}
  const comma = inside.indexOf(',')
  const values = variables((comma < 0 ? inside : inside.slice(0, comma)).trim())
  if (values === undefined) return 'unknown'
  const [value] = values
  if (value !== undefined) return {text: value}
  const [, initial] = comma < 0 ? [] : (/^'(.*)'$/.exec(inside.slice(comma + 1).trim()) ?? [])
  return initial === undefined ? undefined : {text: initial}
}

/** In steps of at most the product of both lengths: only the last `*` is ever tried again. */
function covers(tokens: readonly Token[], text: string): boolean {
  let token = 0
  let at = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    const expected = tokens[token]
    if (expected === many) {
      star = token++
      resume = at
    } else if (expected === single || expected === text.charAt(at)) {
      token++
      at++
    } else if (star >= 0) {
      token = star + 1
      at = ++resume
    } else {
      return false
    }
  }
  return tokens.slice(token).every(rest => rest === many)
}
