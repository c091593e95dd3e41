import type {Estate} from '../config/estate.ts'
import type {Gate, GatePolicy} from '../config/gates.ts'
import {BugError, RefusalError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'
import {contentHash, type Json} from '../plan/canonical.ts'
import {type IgnoreNotes, ignoreNotes, ignoreRulesOf, readIgnoreRules} from '../scan/ignore-rules.ts'
import type {GateTerms} from '../scan/judge-image.ts'
import {namedGate} from '../scan/named-gate.ts'
import {readVex} from '../scan/vex.ts'
import {promotionsFor} from './fence.ts'
import type {Route} from './route.ts'
import type {NamedGateWord} from './words.ts'

/** A gate with all that it judges by. */
export interface OpenGate {
  readonly name: string
  readonly policy: GatePolicy
  readonly sha256: string
  readonly rules: Pick<GateTerms, 'ignores' | 'vex'>
}

/**
 * Says of each end of the routes which gates lead there: those that it has, those of the promotions of repos.yaml that
 * allow it, and the one of `--gate`. No gate takes the place of another.
 *
 * @throws {UsageError} UNKNOWN_GATE; {RefusalError} ROUTE_NOT_ALLOWED.
 */
export function withGates(routes: readonly Route[], given: string | undefined, estate: Estate): Route[] {
  const named = given === undefined ? [] : [namedGate(given, estate).name]
  return routes.map(route => ({
    ...route,
    destinations: route.destinations.map(end => {
      const promotions = promotionsFor(estate, route, end.side)
      const ofPromotions = promotions.flatMap(({gate}) => gate ?? [])
      const gates = [...new Set([...(end.gates ?? []), ...ofPromotions, ...named])]
      return gates.length === 0 ? end : {...end, gates}
    }),
  }))
}

/**
 * Reads the gates that routes name.
 *
 * @param cwd that names of files are taken from.
 * @throws {ConfigError} of a file of ignore rules or VEX documents.
 */
export async function openGates(
  routes: readonly Route[],
  estate: Estate,
  cwd: string,
): Promise<ReadonlyMap<string, OpenGate>> {
  const names = new Set(routes.flatMap(({destinations}) => destinations.flatMap(({gates = []}) => gates)))
  const opened = await Promise.all(
    [...names].map(async (name): Promise<readonly [string, OpenGate]> => {
      const gate = estate.gates.get(name)
      if (gate === undefined) throw new BugError(`There is no gate ${oneLine(name)}.`)
      const {policy} = gate
      const [ignores, vex] = await Promise.all([
        readIgnoreRules(policy.ignores, cwd),
        readVex(policy.vex, cwd),
      ])
      return [name, {name, policy, sha256: policyHash(gate), rules: {ignores, vex}}]
    }),
  )
  return new Map(opened)
}

/**
 * What to tell of the gates' ignore rules by their time. Which are unused a few images do not tell.
 *
 * @param now milliseconds since the epoch.
 */
export function gateNotes(gates: ReadonlyMap<string, OpenGate>, now: number): IgnoreNotes {
  const rules = [...gates.values()].flatMap(gate => gate.rules.ignores.all)
  const once = new Map(rules.map(rule => [`${rule.origin.file}:${rule.origin.line}`, rule]))
  return ignoreNotes(ignoreRulesOf([...once.values()]), [], now)
}

/**
 * Checks that the gates of a saved plan are still there, and judge by what they judged by then.
 *
 * @param words what they said then.
 * @throws {RefusalError} GATE_CHANGED (exit 7).
 */
export function assertSameGates(
  words: readonly NamedGateWord[],
  {gates, file = 'repos.yaml'}: Estate,
  plan: string,
): void {
  for (const {name, policy} of words) {
    const gate = gates.get(name)
    if (gate !== undefined && policyHash(gate) === policy) continue
    const now = gate === undefined ? 'does not name any more' : 'says something else of now'
    throw new RefusalError(
      'GATE_CHANGED',
      `${plan} was made with gate ${oneLine(name)}, which ${file} ${now}. Nothing was done. Make a new plan.`,
    )
  }
}

/** Of what decides: neither of how long is waited, nor of what reports show. */
function policyHash({policy}: Gate): string {
  const {waitMs: _, report: __, ...deciding} = policy
  return contentHash({...deciding, failOn: {...deciding.failOn}, most: {...deciding.most}} satisfies Json)
}
