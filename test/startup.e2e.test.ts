import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'

interface Output {
  readonly bytes: number
  readonly inputs: Readonly<Record<string, unknown>>
  readonly imports: readonly {readonly path: string; readonly kind: string}[]
}

const root = join(import.meta.dirname, '..')
const {outputs} = JSON.parse(readFileSync(join(root, 'dist', 'meta.json'), 'utf8')) as {
  outputs: Readonly<Record<string, Output>>
}
const commands = Object.keys(outputs).filter(file => /^dist\/commands\/.+\.js$/.test(file))

/** The built files that Node.js loads before any code of the entries runs. */
function staticClosure(...entries: string[]): Output[] {
  const files = new Set(entries)
  for (const file of files) {
    for (const {path, kind} of outputs[file]?.imports ?? []) if (kind === 'import-statement') files.add(path)
  }
  return [...files].flatMap(file => outputs[file] ?? [])
}

function packagesOf(closure: readonly Output[]): Set<string> {
  const names = closure
    .flatMap(({inputs}) => Object.keys(inputs))
    .flatMap(input => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? [])
  return new Set(names)
}

const kibibytes = (closure: readonly Output[]) => closure.reduce((sum, {bytes}) => sum + bytes, 0) / 1024

/** What a command loads when it needs it, and never to print its help or to refuse a wrong flag. */
const heavy = /^(listr2|log-update|chalk|yaml|zod|execa|@aws-sdk\/.+|@smithy\/.+)$/

describe('what is loaded before a command line is read', () => {
  test('the program alone stays within its budget', () => {
    const closure = staticClosure('dist/main.js')
    expect([...packagesOf(closure)].filter(name => heavy.test(name))).toEqual([])
    expect(kibibytes(closure)).toBeLessThan(450)
  })

  test('the credential helper, which docker starts for each pull, stays within its budget', () => {
    const closure = staticClosure('dist/credential-helper.js')
    const needless = /^(@oclif\/core|listr2|log-update|chalk|yaml|zod|execa|@aws-sdk\/client-.+)$/
    expect([...packagesOf(closure)].filter(name => needless.test(name))).toEqual([])
    expect(kibibytes(closure)).toBeLessThan(350)
  })

  test.each(commands)('%s brings no heavy package and at most 100 KiB', command => {
    const closure = staticClosure('dist/main.js', command)
    expect([...packagesOf(closure)].filter(name => heavy.test(name))).toEqual([])
    expect(kibibytes(closure) - kibibytes(staticClosure('dist/main.js'))).toBeLessThan(100)
  })
})
