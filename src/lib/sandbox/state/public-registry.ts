import {createHash} from 'node:crypto'
import type {World} from './world.ts'

/** In which region the state has public registries: they are in all regions and in none. */
export const publicly = 'ecr-public'

/** The part of its URIs that stands for a public registry: its default alias. */
export function aliasOf(world: World, account: string): string {
  const alias = `g${createHash('sha256').update(account).digest('hex').slice(0, 7)}`
  const aliases = world.table<string>('public-alias')
  if (!aliases.has(alias)) aliases.set(alias, account)
  return alias
}

/** Whose alias it is. */
export function accountOfAlias(world: World, alias: string): string | undefined {
  return world.table<string>('public-alias').get(alias)
}
