/** The tests of one run of a suite, by name; a name that several tests share fails with any of them. */
export interface Outcome {
  readonly passed: number
  readonly skipped: number
  readonly failures: ReadonlySet<string>
}

/**
 * Reads JUnit's XML. The suites say what became of a test by an attribute alone: a failed one may well be without a
 * `failure` element.
 */
export function readJunit(xml: string): Outcome {
  const tests = Array.from(xml.matchAll(/<testcase\s([^>]*)>/g), ([, attributes = '']) => ({
    name: attributeOf(attributes, 'name'),
    status: attributeOf(attributes, 'status'),
  }))
  const count = (status: string) => tests.filter(test => test.status === status).length
  const failed = tests.filter(({status}) => status !== 'passed' && status !== 'skipped')
  return {
    passed: count('passed'),
    skipped: count('skipped'),
    failures: new Set(failed.map(({name}) => name)),
  }
}

/** What `expected-failures.txt` says of a suite: lines of `suite | test # source`. @throws {Error} for other lines. */
export function readExpected(text: string, suite: string): ReadonlySet<string> {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  const entries = lines.map(line => {
    const [, of, name] = /^(\S+) \| (.+) # (?=\S)/.exec(line) ?? []
    if (of === undefined || name === undefined) throw new Error(`not "suite | test # source": ${line}`)
    return {of, name}
  })
  return new Set(entries.filter(({of}) => of === suite).map(({name}) => name))
}

/** How failures differ from those that are expected; both lists are empty when all is well. */
export function judge({failures}: Outcome, expected: ReadonlySet<string>) {
  return {
    unexpected: [...failures].filter(name => !expected.has(name)),
    expectedButNotFailed: [...expected].filter(name => !failures.has(name)),
  }
}

function attributeOf(attributes: string, name: string): string {
  const [, value = ''] = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes) ?? []
  return value.replaceAll(/&(?:#(\d+)|(lt|gt|amp|quot|apos));/g, (_, code, entity: string) =>
    code === undefined ? (entities[entity] ?? '') : String.fromCharCode(Number(code)),
  )
}

const entities: Readonly<Record<string, string>> = {lt: '<', gt: '>', amp: '&', quot: '"', apos: "'"}
