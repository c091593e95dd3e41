import type {Account, Estate} from '../../config/estate.ts'
import type {InventoryRegistry} from '../../ecr/inventory/model.ts'
import type {OpenRegistry} from '../../ecr/inventory/registries.ts'

/** A registry as the file that is written names it. */
export type NamedRegistry = InventoryRegistry & {readonly alias: string}

/** The accounts of the file, and what it calls the registries. */
export interface ExportedAccounts {
  /** In the order of the present repos.yaml, then those that it does not name. */
  readonly accounts: ReadonlyMap<string, Account>
  readonly nameOf: (registry: InventoryRegistry) => NamedRegistry
}

/** Who has no repos.yaml has one account, which is called this. */
const onlyAccount = 'main'

/**
 * Accounts keep what the present repos.yaml says of them, with the regions that are exported; those through which they are
 * asked come along. An account that it does not name gets a name.
 */
export function exportedAccounts(open: readonly OpenRegistry[], estate: Estate): ExportedAccounts {
  const ids = new Set(open.flatMap(({registry, caller}) => [registry.account, caller.account]))
  const isOnly = estate.accounts.size === 0 && ids.size === 1
  const newName = (id: string): string => (isOnly ? onlyAccount : `account-${id}`)
  const aliasOf = ({alias, account}: InventoryRegistry): string => alias ?? newName(account)

  const made = new Map<string, Account>()
  for (const [alias, ofAlias] of Map.groupBy(open, ({registry}) => aliasOf(registry))) {
    const known = estate.accounts.get(alias)
    for (const {registry, caller} of ofAlias) {
      const account = made.get(alias) ?? known ?? newAccount(alias, registry.account, registry.region)
      const isOwn = known !== undefined || caller.account === registry.account
      const via = isOwn ? account.via : (aliasOfAsker(caller.account, estate) ?? newName(caller.account))
      const regions = regionsOf(ofAlias, account)
      made.set(alias, {...account, regions, ...(via === undefined ? {} : {via})})
      if (via === undefined || made.has(via)) continue
      made.set(via, estate.accounts.get(via) ?? newAccount(via, caller.account, registry.region))
    }
  }
  const known = [...estate.accounts.keys()].flatMap(alias => made.get(alias) ?? [])
  return {
    accounts: new Map([...known, ...made.values()].map(account => [account.alias, account])),
    nameOf(registry) {
      const alias = aliasOf(registry)
      return {...registry, alias, label: `${alias}@${registry.region}`}
    },
  }
}

/** Those that are exported, in the order in which repos.yaml has them. */
function regionsOf(open: readonly OpenRegistry[], {regions}: Account): Account['regions'] {
  const exported = new Set(open.map(({registry}) => registry.region))
  const [first, ...others] = new Set([...regions.filter(region => exported.has(region)), ...exported])
  return first === undefined ? regions : [first, ...others]
}

/** An account of repos.yaml with credentials of its own. */
function aliasOfAsker(id: string, {accounts}: Estate): string | undefined {
  return [...accounts.values()].find(account => account.id === id && account.via === undefined)?.alias
}

function newAccount(alias: string, id: string, region: string): Account {
  return {alias, id, regions: [region], origin: {file: '', line: 1, column: 1}}
}
