/** The accounts of a file and their regions, as words in it name them: `prod`, `prod@eu-west-1`. */
import {partitionOfRegion, regionPattern} from './aws-names.ts'
import {elementsOf, type Mapping, mappingOf} from './check-parts.ts'
import {nearestOr} from './nearest.ts'
import {show} from './problems.ts'

/** `ALIAS` or `ALIAS@REGION`. */
export const placePattern = /^[a-z0-9][a-z0-9-]{0,63}(?:@[a-z0-9-]{2,25})?$/

/** The regions of an account that have the form of one. */
export function regionsOf(account: Mapping): string[] {
  return [account['region'], ...elementsOf(account['regions'])].filter(
    region => typeof region === 'string' && regionPattern.test(region),
  ) as string[]
}

export function unknownAccount(alias: string, accounts: Mapping): string {
  const fix = nearestOr(alias, Object.keys(accounts), 'Add it under accounts, or name one that is there.')
  return `${show(alias)} is not an account of this file. ${fix}`
}

/**
 * Why a word of the form {@link placePattern} is no account or registry of the file; undefined when it is one, and for
 * words that the schema refuses.
 */
export function unknownPlace(word: string, accounts: Mapping): string | undefined {
  if (!placePattern.test(word)) return undefined
  const [alias = '', region] = word.split('@')
  if (!Object.hasOwn(accounts, alias)) return unknownAccount(alias, accounts)
  const regions = regionsOf(mappingOf(accounts[alias]))
  if (region === undefined || regions.length === 0 || regions.includes(region)) return undefined
  const places = regions.map(each => `${alias}@${each}`)
  const fix = nearestOr(word, places, `Its regions are ${regions.join(', ')}.`)
  return `${show(region)} is not a region of ${show(alias)} in this file. ${fix}`
}

/** The accounts that a key of registries or overlays means: all for `*` and for none. */
export function accountsAt(key: string | undefined, accounts: Mapping): readonly string[] {
  const alias = key?.split('@')[0]
  if (alias === undefined || alias === '*') return Object.keys(accounts)
  return Object.hasOwn(accounts, alias) ? [alias] : []
}

/** The partitions that a key of registries or overlays is in. */
export function partitionsAt(key: string | undefined, accounts: Mapping): ReadonlySet<string> {
  return new Set(
    accountsAt(key, accounts).flatMap(alias => regionsOf(mappingOf(accounts[alias])).map(partitionOfRegion)),
  )
}
