/** One challenge of a WWW-Authenticate header (RFC 9110, 11.6.1). */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string
  readonly parameters: ReadonlyMap<string, string>
}

const token = "[A-Za-z0-9!#$%&'*+.^_`|~-]+"
const parameter = new RegExp(`[,\\s]*(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`, 'y')
const scheme = new RegExp(`[,\\s]*(${token})(?=[,\\s]|$)`, 'y')

/** The challenges of a header, in its order; what cannot be read ends the list. Headers have at most 16 KiB (Node). */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = []
  let position = 0
  for (;;) {
    scheme.lastIndex = position
    const found = scheme.exec(header)
    if (found?.[1] === undefined) return challenges
    position = scheme.lastIndex
    const parameters = new Map<string, string>()
    for (;;) {
      parameter.lastIndex = position
      const [, name, quoted, plain] = parameter.exec(header) ?? []
      if (name === undefined) break
      parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '')
      position = parameter.lastIndex
    }
    challenges.push({scheme: found[1].toLowerCase(), parameters})
  }
}
