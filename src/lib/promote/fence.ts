import type {Account, Estate, Promotion} from '../config/estate.ts'
import {matchesRepository, matchesTag} from '../config/match.ts'
import {parseEcrHost} from '../ecr/hosts.ts'
import {RefusalError} from '../errors.ts'
import type {Side} from './model.ts'

/** What goes: a repository of a source, with its tags at the destination. */
export interface Going {
  readonly source: Side
  readonly repository: string
  readonly tags: readonly string[]
}

/**
 * The promotions of repos.yaml that allow it. A destination that promotions lead to takes images by these alone, whatever
 * its account is called there; one that none leads to takes all.
 *
 * @throws {RefusalError} ROUTE_NOT_ALLOWED (exit 7).
 */
export function promotionsFor(
  {promotions, accounts, file = 'repos.yaml'}: Estate,
  {source, repository, tags}: Going,
  target: Side,
): Promotion[] {
  const isThere = (alias: string) => alias === target.alias || isOf(accounts.get(alias), target)
  const leading = [...promotions.values()].filter(({to}) => to.some(isThere))
  if (leading.length === 0) return []
  const allowing = leading.filter(
    promotion =>
      promotion.from === source.alias &&
      promotion.repositories.some(pattern => matchesRepository(pattern, repository)) &&
      tags.every(tag => promotion.tags.some(pattern => matchesTag(pattern, tag))),
  )
  if (allowing.length > 0) return allowing
  const names = leading.map(({name}) => name).join(', ')
  throw new RefusalError(
    'ROUTE_NOT_ALLOWED',
    `${repository}${tags.map(tag => `:${tag}`).join(' ')} from ${source.label} to ${target.label} is not allowed by the promotions of ${file} (${names}). Nothing was sent.`,
  )
}

/** Several accounts of repos.yaml may be one registry, asked as different identities. */
function isOf(account: Account | undefined, {host}: Side): boolean {
  const ecr = parseEcrHost(host)
  return ecr?.kind === 'private' && account?.id === ecr.account && account.regions.includes(ecr.region)
}
