import type {Estate} from '../config/estate.ts'
import {UsageError} from '../errors.ts'
import {type ChosenCommand, routedCommands} from './commands.ts'
import {assumeRolePolicies, identityPolicy} from './identities.ts'
import type {GeneratedPolicy, PolicyKind, Use} from './model.ts'
import {otherServices} from './other-services.ts'
import {ownersPolicies} from './owners.ts'
import {isWider} from './resources.ts'
import {usesOf} from './uses.ts'

export interface PolicyOrder {
  readonly commands: readonly ChosenCommand[]
  /** Patterns of the repositories that commands without routes are for; none for all. */
  readonly repositories: readonly string[]
}

export interface GeneratedPolicies {
  readonly policies: readonly GeneratedPolicy[]
  readonly warnings: readonly string[]
}

/**
 * The least that commands need for the accounts and routes of repos.yaml: a policy for each identity, and what the owners of
 * accounts have to add that are asked `via` another one. Pure.
 *
 * @throws {UsageError} NO_ACCOUNTS.
 */
export function generatePolicies(order: PolicyOrder, estate: Estate): GeneratedPolicies {
  if (estate.accounts.size === 0) {
    throw new UsageError(
      'NO_ACCOUNTS',
      'There is no repos.yaml that names accounts. Write one, or name it with --config.',
    )
  }
  const uses = order.commands.flatMap(command => usesOf(command, order.repositories, estate))
  const identities = [...estate.accounts.values()].filter(({via}) => via === undefined)
  const policies = [
    ...identities.flatMap(account => identityPolicy(account, uses)),
    ...assumeRolePolicies(identities, uses),
    ...ownersPolicies(uses, estate),
  ]
  return {
    policies,
    warnings: [
      ...tooLong(policies),
      ...notesOn(order, uses, estate),
      ...otherServices(order.commands, estate),
    ],
  }
}

/** Of a managed policy (IAM user guide, "IAM and AWS STS quotas") and of ECR's own (ECR user guide, "Private repository policies"). */
const mostCharacters: Readonly<Record<PolicyKind, number>> = {
  identity: 6144,
  'assume-role': 6144,
  repository: 10_240,
  registry: 10_240,
}

function tooLong(policies: readonly GeneratedPolicy[]): string[] {
  return policies
    .filter(({kind, characters}) => characters > mostCharacters[kind])
    .map(
      ({kind, attachTo, characters}) =>
        `The policy for ${attachTo} has ${characters} characters without white space, and AWS takes ${mostCharacters[kind]}. Make one for each command, or shorten the lists of repositories.`,
    )
}

function notesOn({commands}: PolicyOrder, uses: readonly Use[], {promotions}: Estate): string[] {
  const wider = [...new Set(uses.flatMap(({patterns}) => patterns))].filter(isWider)
  const notes = wider.map(
    pattern =>
      `The * of "${pattern}" ends at a slash, that of an ARN does not: the policy allows repositories further down, too.`,
  )
  if (promotions.size > 0 || !commands.some(({name}) => routedCommands.has(name))) return notes
  return [
    ...notes,
    'repos.yaml has no promotions, so that any account may bring to any other. Name routes to narrow the policies.',
  ]
}
