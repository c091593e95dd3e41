/** Where replication leads: as repos.yaml says it, and as ECR does. */
import type {ReplicationRuleSetting} from '../../config/settings.ts'
import {sortedSet} from '../compare.ts'
import type {Where} from '../resource.ts'

interface Destinations {
  /** `ACCOUNT@REGION`, sorted and unique, without the registry itself. */
  readonly to: readonly string[]
  readonly notes: readonly string[]
  /** A sentence for each word that means nothing. */
  readonly unknown: readonly string[]
}

/** What the words of a rule mean at a registry. */
export function destinationsOf({to: words}: ReplicationRuleSetting, where: Where): Destinations {
  const {account, region, label} = where.registry
  const places = words.map(word => [word, placeOf(word, where)] as const)
  const own = `${account}@${region}`
  return {
    to: sortedSet(places.flatMap(([, place]) => (place === null || place === own ? [] : [place]))),
    // ECR refuses such a rule; what is said of several registries may name each of them.
    notes: places
      .filter(([, place]) => place === own)
      .map(([word]) => `${word} is ${label} itself, and was left out.`),
    unknown: places
      .filter(([, place]) => place === null)
      .map(
        ([word]) =>
          `Replication leads to ${word}, and repos.yaml has no such account: name it there, or write its id.`,
      ),
  }
}

/** `ACCOUNT@REGION` as people write it at a registry; an alias stands for the regions that repos.yaml gives it alone. */
export function destinationWord(place: string, {registry, estate}: Where): string {
  const [account = '', region = ''] = place.split('@')
  if (account === registry.account) return region
  const owners = [...estate.accounts.values()].filter(({id}) => id === account)
  const alias = owners.find(({regions}) => regions.includes(region))?.alias
  return `${alias ?? account}@${region}`
}

function placeOf(word: string, {registry, estate}: Where): string | null {
  const [owner, region] = word.includes('@') ? word.split('@') : [registry.account, word]
  if (owner === undefined || region === undefined) return null
  const account = /^\d{12}$/.test(owner) ? owner : estate.accounts.get(owner)?.id
  return account === undefined ? null : `${account}@${region}`
}
