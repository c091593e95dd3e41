import {matchesWildcards} from '../../../config/match.ts'
import {nearest} from '../../../config/nearest.ts'
import {ecrActions, registryActions} from '../actions.ts'
import type {CheckedStatement, Doubt, PolicyCheck, PolicyPlace} from './check.ts'

/** What a statement lets do, or does not. */
export const actionChecks: readonly PolicyCheck[] = [
  {
    code: 'unknown-action',
    severity: 'error',
    summary: 'An action is none of ECR, perhaps because it is spelled wrong.',
    check: unknownActions,
  },
  {
    code: 'action-of-the-registry',
    severity: 'warning',
    summary: 'The policy of a repository has an action that is of the registry as a whole.',
    check: actionsOfRegistry,
  },
  {
    code: 'allowed-but-these',
    severity: 'warning',
    summary: 'NotAction with Allow: everything but these is allowed, and what ECR learns to do as well.',
    check: allowedButThese,
  },
  {
    code: 'everything-allowed',
    severity: 'warning',
    summary: 'A statement allows every action of ECR, deletions too.',
    check: everythingAllowed,
  },
]

function unknownActions({name, actionsAsWritten}: CheckedStatement): readonly Doubt[] {
  return actionsAsWritten.flatMap(action => {
    const [service = '', wanted] = action.split(':')
    if (action === '*') return []
    if (service.toLowerCase() !== 'ecr' || wanted === undefined)
      return [
        {
          message: `${name} has ${action}, and policies of ECR take actions of ECR alone.`,
          fix: 'Take it out; if an identity needs it, its own policy is the place.',
        },
      ]
    if (ecrActions.some(each => matchesWildcards(wanted.toLowerCase(), each.toLowerCase()))) return []
    const near = nearest(wanted, ecrActions)
    return [
      {
        message: `${name} has ${action}, which is no action of ECR that this version knows.`,
        fix:
          near === undefined
            ? 'Look it up in the service authorization reference.'
            : `Did you mean ecr:${near}?`,
      },
    ]
  })
}

function actionsOfRegistry({name, actions}: CheckedStatement, {kind}: PolicyPlace): readonly Doubt[] {
  const wide = actions.filter(action => registryActions.has(action.slice('ecr:'.length)))
  if (kind !== 'repository' || wide.length === 0) return []
  return [
    {
      message: `${name} has ${wide.join(', ')}, which no policy of a repository decides about.`,
      fix: 'Take it out; the policies of identities, or that of the registry, are the place.',
    },
  ]
}

function allowedButThese({name, isAllow, notActions}: CheckedStatement): readonly Doubt[] {
  if (!isAllow || notActions.length === 0) return []
  return [
    {
      message: `${name} allows everything but ${notActions.join(', ')}, deletions and changes of policies too.`,
      fix: 'Say what is allowed, as Action.',
    },
  ]
}

function everythingAllowed({name, isAllow, actions}: CheckedStatement): readonly Doubt[] {
  const all = actions.find(action => action === '*' || action === 'ecr:*')
  if (!isAllow || all === undefined) return []
  return [
    {
      message: `${name} allows ${all}: also to delete images and to set policies.`,
      fix: 'Name the actions: ecr:BatchGetImage and ecr:GetDownloadUrlForLayer are for pulls.',
    },
  ]
}
