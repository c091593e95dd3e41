import {globSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'

const root = join(import.meta.dirname, '..')

/** Files below `folder` in which `pattern` occurs, relative to the project. */
function filesWith(folder: string, pattern: RegExp, read = (text: string) => text): string[] {
  return globSync(`${folder}/**/*.ts`, {cwd: root})
    .map(file => file.replaceAll('\\', '/'))
    .filter(file => pattern.test(read(readFileSync(join(root, file), 'utf8'))))
    .toSorted()
}

/** Files that load a package; types alone load nothing. */
function importers(name: string): string[] {
  const types = /import type [^']*'[^']*'/g
  return filesWith('src', new RegExp(`(?:from|import\\()\\s*'${name}'`), text => text.replaceAll(types, ''))
}

/** Names of the methods below src/lib/ecr that send what may change a registry, by the SDK's commands in them. */
function mutatingMethods(): Set<string> {
  const names = new Set<string>()
  const reads = /^(?:Describe|Get|List|BatchGet|BatchCheck|Validate|AssumeRole)/
  for (const file of filesWith('src/lib/ecr', /new sdk\./)) {
    let method = ''
    for (const line of readFileSync(join(root, file), 'utf8').split('\n')) {
      method = /^(?: {2}|export )(?:async )?(?:function )?\*?(\w+)(?:<.*>)?\(/.exec(line)?.[1] ?? method
      const [, command = 'Get'] = /new sdk\.(\w+)Command\b/.exec(line) ?? []
      if (!reads.test(command)) names.add(method)
    }
  }
  return names
}

describe('what holds by construction', () => {
  test("an operation that changes a registry is called in a room's mutations.ts alone, and that passes a door", () => {
    const names = mutatingMethods()
    expect([...names]).toEqual(
      expect.arrayContaining(['createRepository', 'putImage', 'putPolicy', 'deletePolicy']),
    )
    // What a door leads to has the same names.
    const callersOf = (methods: readonly string[]) =>
      filesWith('src', new RegExp(`(?<!mutations)\\.(?:${methods.join('|')})\\(`)).filter(
        file => !/^src\/lib\/(?:ecr|sandbox)\//.test(file),
      )
    // These change no image, tag or policy; a client that may change nothing lets them through by name (ecr/inventory/registries.ts).
    expect(callersOf(['startPreview'])).toEqual([])
    expect(callersOf(['startScan'])).toEqual(['src/lib/scan/read-evidence.ts'])
    const callers = callersOf([...names].filter(name => name !== 'startPreview' && name !== 'startScan'))
    expect(callers.filter(file => !/^src\/lib\/[^/]+\/mutations\.ts$/.test(file))).toEqual([])
    const doors = filesWith('src/lib', /from '\.\.\/plan\/door\.ts'/)
    expect(doors).toEqual(expect.arrayContaining(callers))
  })

  test('a promotion writes to a registry through one door', () => {
    const writes = /\.(?:putManifest|uploadBlob|mountBlob)\(|registry\.(?:create|finish\?\.)\(/
    // copy.ts calls the door's own methods, which have the same names.
    expect(filesWith('src/lib/promote', writes)).toEqual([
      'src/lib/promote/copy.ts',
      'src/lib/promote/mutations.ts',
    ])
    const calls = readFileSync(join(root, 'src/lib/promote/copy.ts'), 'utf8').matchAll(
      /(\S+)\.(?:putManifest|uploadBlob|mountBlob|createRepository)\(/g,
    )
    for (const [, receiver] of calls) expect(receiver).toMatch(/#options\.mutations$/)
  })

  test('lifecycle policies are written through one door', () => {
    expect(filesWith('src/lib/lifecycle', /\.(?:putPolicy|deletePolicy)\(/)).toEqual([
      'src/lib/lifecycle/mutations.ts',
    ])
    expect(filesWith('src/lib/lifecycle', /\.writePolicy\(/)).toEqual(['src/lib/lifecycle/apply-writes.ts'])
    expect(filesWith('src/lib', /\bopenDoor\(/)).toEqual([
      'src/lib/plan/door.ts',
      'src/lib/plan/run-record.ts',
    ])
  })

  test('only the command line prints, exits, or reads the process', () => {
    const process = /\bprocess\.(?:exit|exitCode|stdout|stderr|stdin|argv|env)\b|\bconsole\./
    const rooms = ['config', 'plan', 'oci', 'ecr', 'promote', 'login', 'sandbox', 'doctor']
    expect(rooms.flatMap(room => filesWith(`src/lib/${room}`, process))).toEqual([])
  })

  test('the AWS clients and execa have one importer each', () => {
    expect(importers('@aws-sdk/client-ecr')).toEqual(['src/lib/ecr/connection.ts'])
    expect(importers('@aws-sdk/client-ecr-public')).toEqual(['src/lib/ecr/public-api.ts'])
    expect(importers('@aws-sdk/client-sts')).toEqual(['src/lib/ecr/sts.ts'])
    expect(importers('execa')).toEqual(['src/lib/login/execute.ts'])
  })

  test('blobs never pass through fetch, and nothing is allocated by a size that somebody else declared', () => {
    expect(filesWith('src', /\bfetch\(/)).toEqual([])
    expect(filesWith('src', /Buffer\.alloc(?:Unsafe)?\([^)]*size/)).toEqual([])
  })
})
