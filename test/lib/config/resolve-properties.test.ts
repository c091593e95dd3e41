import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {
  isComposite,
  keyOf,
  type Merging,
  merge,
  registryMerging,
  repositoryMerging,
  wayOf,
} from '../../../src/lib/config/merge.ts'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {formatPath} from '../../../src/lib/config/problems.ts'
import {resolveRegistry, resolveRepository} from '../../../src/lib/config/resolve.ts'
import type {RepositorySettings} from '../../../src/lib/config/settings.ts'
import {estates} from '../../support/generated-estates.ts'
import {
  file,
  fileOf,
  type Generated,
  type Level,
  level,
  levelsOf,
  type policy,
  presets,
} from './generated-levels.ts'

const place = {account: '222222222222', region: 'us-east-1', alias: 'prod'}
const name = fc.constantFrom('team/api', 'other', 'third')

test('the strongest level that speaks of a tag has the say, and weaker ones never', () => {
  fc.assert(
    fc.property(file, name, (generated, repository) => {
      const {text, data} = fileOf(generated)
      const {settings} = resolveRepository(parseEstate(text, 'repos.yaml'), place, repository)
      const strongestFirst = levelsOf(data, repository).map(([, said]) => said)
      for (const one of ['scanOnPush', 'in'] as const) {
        expect(settings[one]).toEqual(strongestFirst.find(said => said[one] !== undefined)?.[one])
      }
      const tags = strongestFirst.map(said => (said['tags'] ?? {}) as Record<string, string | null>)
      for (const tag of ['a', 'b', 'c']) {
        expect(settings.tags?.[tag]).toBe(tags.find(said => said[tag] !== undefined)?.[tag])
      }
    }),
  )
})

test('a statement is that of the strongest level that has its Sid, above the last null; presets are weaker', () => {
  fc.assert(
    fc.property(file, name, (generated, repository) => {
      const {text, data} = fileOf(generated)
      const {settings} = resolveRepository(parseEstate(text, 'repos.yaml'), place, repository)
      expect(digestOf(settings.policy)).toEqual(policyOf(levelsOf(data, repository)))
      expect(settings.policy ?? {}).not.toHaveProperty('use')
    }),
  )
})

interface PolicyDigest {
  readonly bySid: Readonly<Record<string, unknown>>
  readonly nameless: number
}

function digestOf(resolved: RepositorySettings['policy']): PolicyDigest | null | undefined {
  return resolved && digestOfAll((resolved.statements ?? []).toReversed())
}

/** Of statements from the strongest to the weakest. */
function digestOfAll(statements: readonly Level[]): PolicyDigest {
  const named = statements.filter(({Sid}) => Sid !== undefined).toReversed()
  return {
    bySid: Object.fromEntries(named.map(one => [one['Sid'], one])),
    nameless: statements.length - named.length,
  }
}

function policyOf(strongestFirst: ReturnType<typeof levelsOf>): PolicyDigest | null | undefined {
  const said = strongestFirst.flatMap(([, {policy: own}]) =>
    own === undefined ? [] : [own as Generated<typeof policy> | null],
  )
  const above: Generated<typeof policy>[] = []
  for (const own of said) {
    if (own === null) break
    above.push(own)
  }
  if (above.length === 0) return said.length === 0 ? undefined : null
  const used = above.find(({use}) => use !== undefined)?.use ?? []
  const all = [...above, ...used.toReversed().map(preset => presets[preset])]
  return digestOfAll(all.flatMap(({statements}): readonly Level[] => statements))
}

test('sources name every value, the path that says it and the place of its text', () => {
  fc.assert(
    fc.property(file, name, (generated, repository) => {
      const {text, data} = fileOf(generated)
      const {settings, sources} = resolveRepository(parseEstate(text, 'repos.yaml'), place, repository)
      const lines = text.split('\n')
      const order = levelsOf(data, repository).map(([path]) => formatPath(path))
      for (const [at, {path, origin, value, hidden}] of sources()) {
        const written = path.reduce<unknown>((inner, step) => (inner as Level)[step], data)
        expect(valueAt(settings, at)).toEqual(value)
        expect(at === 'tagMutability' ? value : written).toEqual(value)
        const there = lines[(origin?.line ?? 0) - 1]?.slice((origin?.column ?? 0) - 1) ?? ''
        expect(there.startsWith(JSON.stringify(written).slice(0, typeof written === 'object' ? 1 : 99))).toBe(
          true,
        )
        // From the strongest to the weakest, and none twice.
        const ranks = [{path}, ...hidden].map(one =>
          order.findIndex(start => formatPath(one.path).startsWith(`${start}.`)),
        )
        const inFile = ranks.filter(rank => rank !== -1)
        expect(inFile).toEqual([...new Set(inFile)].toSorted((one, other) => one - other))
      }
    }),
  )
})

function valueAt(settings: RepositorySettings, at: string): unknown {
  const [first = '', second = '', third = ''] = at.split('.')
  const list = /^statements\[(\d+)\]$/.exec(second)
  if (list !== null) return settings.policy?.statements?.[Number(list[1])]
  if (second === 'statements' && third !== '') {
    return settings.policy?.statements?.find(({Sid}) => Sid === third)
  }
  const value = (settings as Level)[first]
  return second === '' ? value : (value as Level)[second]
}

test('sources tell of all that holds, at registries and for repositories, and of nothing else', () => {
  const names = fc.constantFrom('payments/api', 'no', 'tools/x', 'new/one')
  fc.assert(
    fc.property(estates, names, (text, repository) => {
      const estate = parseEstate(text, 'repos.yaml')
      const answers = [
        [resolveRegistry(estate, place), registryMerging],
        [resolveRepository(estate, place, repository), repositoryMerging],
      ] as const
      for (const [{settings, sources}, how] of answers) {
        const told = [...sources()].map(([at, {value}]) => [at, value] as const)
        expect(inOrder(told)).toEqual(inOrder(partsOf(settings, how, [])))
      }
    }),
    {numRuns: 25},
  )
})

type Part = readonly [at: string, value: unknown]

/** What merges no further, with its path. */
function partsOf(
  value: unknown,
  how: Merging | undefined,
  at: readonly (string | number)[],
): readonly Part[] {
  const parts = isComposite(value, how) ? Object.entries(value) : []
  if (parts.length === 0) return [[formatPath(at), value]]
  return parts.flatMap(([key, part]): readonly Part[] =>
    Array.isArray(value)
      ? [[formatPath([...at, keyOf(how, part) ?? Number(key)]), part]]
      : partsOf(part, wayOf(how, key), [...at, key]),
  )
}

function inOrder(parts: readonly Part[]): readonly string[] {
  return parts.flatMap(part => (part[0] === '' ? [] : [JSON.stringify(part)])).toSorted()
}

test('merging is associative but for null, which starts anew, and changes neither side', () => {
  const said = level(false)
  fc.assert(
    fc.property(said, said, said, (one, two, three) => {
      const before = JSON.stringify([one, two, three])
      const how = repositoryMerging
      expect(merge<Level>(merge<Level>(one, two, how), three, how)).toEqual(
        merge<Level>(one, merge<Level>(two, three, how), how),
      )
      expect(JSON.stringify([one, two, three])).toBe(before)
    }),
  )
})
