/** Who loses access when a policy changes, and whom it denies it. Pure. */
import {matchesWildcards} from '../../config/match.ts'
import {canonicalJson, type Json} from '../../plan/canonical.ts'
import {canonicalStatement, meaningOf, sidOf} from '../iam/canonical.ts'
import {documentOf, type Statement} from '../iam/document.ts'
import {describeStatement} from '../iam/names.ts'
import {isMapping} from '../iam/shape.ts'
import type {PlannedChange} from '../model.ts'
import {listed} from './words.ts'

/** What may go wrong because the policy of a registry or a repository changes. */
export function accessRisks({before, after, repository}: PlannedChange): readonly string[] {
  const [old, made] = [before, after].map(statementsOf)
  return [...lossesOf(old ?? [], made ?? []), ...denialsOf(old ?? [], made ?? [], repository === null)]
}

function statementsOf(policy: Json): readonly Statement[] {
  return typeof policy === 'string' ? documentOf(policy).statements.map(canonicalStatement) : []
}

/** One thing that somebody may do, under conditions. */
interface Grant {
  readonly who: string
  readonly action: string
  /** Pattern; `*` where the policy is that of the resource. */
  readonly resource: string
  /** Canonical text; empty for none. */
  readonly condition: string
}

function lossesOf(old: readonly Statement[], made: readonly Statement[]): readonly string[] {
  const kept = new Set(made.map(meaningOf))
  const gone = old.filter(statement => statement['Effect'] === 'Allow' && !kept.has(meaningOf(statement)))
  const grants = made.flatMap(grantsOf)
  const lost = gone.flatMap(grantsOf).filter(grant => !grants.some(other => covers(other, grant)))
  const byWho = Map.groupBy(lost, ({who}) => who)
  const parts = [...byWho].map(([who, lost]) => {
    const actions = [...new Set(lost.map(({action}) => action))].toSorted()
    return grants.some(grant => grant.who === who) ? `${who} (${listed(actions)})` : who
  })
  const unclear = gone.filter(statement => grantsOf(statement).length === 0)
  return [
    ...(parts.length === 0 ? [] : [`What the policy allowed ends for ${listed(parts, 10)}.`]),
    ...unclear.map(statement => `It does not say any more: ${describeStatement(statement)}.`),
  ]
}

/** None for a statement that says whom or what it does not mean. */
function grantsOf(statement: Statement): readonly Grant[] {
  const {Effect, Principal, Action, Resource = ['*'], Condition} = statement
  if (Effect !== 'Allow') return []
  const condition = Condition === undefined ? '' : canonicalJson(Condition)
  return principalsOf(Principal, condition !== '').flatMap(who =>
    textsOf(Action).flatMap(action =>
      textsOf(Resource).map(resource => ({who, action, resource, condition})),
    ),
  )
}

const everybody = 'everybody'
const conditional = 'everybody whom its conditions mean'

function principalsOf(principal: Json | undefined, isConditional: boolean): readonly string[] {
  if (principal === '*') return [isConditional ? conditional : everybody]
  if (!isMapping(principal)) return []
  return Object.values(principal).flatMap(names =>
    textsOf(names).map(name => (name === '*' ? (isConditional ? conditional : everybody) : name)),
  )
}

function textsOf(value: Json | undefined): readonly string[] {
  return [value ?? []].flat().filter(each => typeof each === 'string')
}

function covers(wide: Grant, narrow: Grant): boolean {
  return (
    (wide.who === everybody || wide.who === narrow.who) &&
    (wide.condition === '' || wide.condition === narrow.condition) &&
    matchesWildcards(wide.action.toLowerCase(), narrow.action.toLowerCase()) &&
    matchesWildcards(wide.resource, narrow.resource)
  )
}

/** ECR user guide, registry-permissions: scope V2 holds the registry's policy to every request. */
function denialsOf(
  old: readonly Statement[],
  made: readonly Statement[],
  isRegistry: boolean,
): readonly string[] {
  const known = new Set(old.map(meaningOf))
  const where = isRegistry ? 'registry' : 'repository'
  return made
    .filter(statement => statement['Effect'] === 'Deny' && !known.has(meaningOf(statement)))
    .flatMap(statement => {
      const name = sidOf(statement) ?? 'A statement without a Sid'
      const {Effect: _, Sid: __, ...denied} = statement
      const what = describeStatement(denied).replace(/^without a Sid: /, '')
      return [
        `${name} denies, whatever else allows it, in every request to the ${where}: ${what}.`,
        ...(deniesItself(statement, isRegistry)
          ? [`${name} denies changing this policy, too: whoever it means cannot take it back.`]
          : []),
      ]
    })
}

function deniesItself({Action, NotAction}: Statement, isRegistry: boolean): boolean {
  const own = isRegistry ? 'ecr:putregistrypolicy' : 'ecr:setrepositorypolicy'
  const names = (actions: Json | undefined) =>
    textsOf(actions).some(action => matchesWildcards(action.toLowerCase(), own))
  return NotAction === undefined ? names(Action) : !names(NotAction)
}
