import type {Account, Estate, Promotion} from '../config/estate.ts'
import {type ChosenCommand, neededBy, routedCommands} from './commands.ts'
import type {Use} from './model.ts'
import type {Side} from './need.ts'
import {everyRepository} from './resources.ts'

/**
 * What a command needs of each account: by the routes of repos.yaml where it goes by those, else of every account.
 *
 * @param repositories patterns that commands without routes are for; none for all.
 */
export function usesOf(command: ChosenCommand, repositories: readonly string[], estate: Estate): Use[] {
  const everywhere = repositories.length === 0 ? [everyRepository] : repositories
  const isRouted = routedCommands.has(command.name) && estate.promotions.size > 0
  const uses = neededBy(withDefaults(command, estate)).flatMap(need =>
    [...estate.accounts.values()].flatMap(account => {
      const patterns = isRouted ? routed(account, need.side, estate) : everywhere
      return patterns.length === 0 ? [] : [{need, account, patterns}]
    }),
  )
  return [...uses, ...gated(command, estate)]
}

/** What repos.yaml makes the default needs no flag. */
function withDefaults({name, flags}: ChosenCommand, {defaults}: Estate): ChosenCommand {
  const creates = name === 'promote' && defaults.promote.createRepositories
  return {name, flags: creates ? new Set([...flags, '--create-repositories']) : flags}
}

function routed({alias}: Account, side: Side, {promotions}: Estate): string[] {
  const isOn = {
    source: ({from}: Promotion) => from === alias,
    destination: ({to}: Promotion) => to.includes(alias),
    replica: () => true,
  }[side]
  const routes = [...promotions.values()].filter(isOn)
  return [...new Set(routes.flatMap(({repositories}) => repositories))]
}

/** A route with a gate asks for findings without a flag. */
function gated({name, flags}: ChosenCommand, {promotions, accounts}: Estate): Use[] {
  if (name !== 'promote' || flags.has('--gate')) return []
  const needs = neededBy({name, flags: new Set(['--gate'])}).filter(need => need.flags?.includes('--gate'))
  return [...promotions.values()].flatMap(({gate, from, repositories}) => {
    const account = gate === undefined ? undefined : accounts.get(from)
    return account === undefined ? [] : needs.map(need => ({need, account, patterns: repositories}))
  })
}
