import {checkUnique, type Mapping, mappingOf, type Report} from './check-parts.ts'
import {millisecondsOf} from './duration.ts'
import {nearest} from './nearest.ts'
import {show} from './problems.ts'

/** As long as a flag waits at most. */
const maxWait = '24h'

/** What of a gate goes together, and whether the gates that promotions name are there. */
export function checkGates(data: Mapping, report: Report): void {
  const gates = mappingOf(data['gates'])
  for (const name of Object.keys(gates)) checkGate(mappingOf(gates[name]), name, report)
  const promotions = mappingOf(data['promotions'])
  for (const name of Object.keys(promotions)) {
    const gate = mappingOf(promotions[name])['gate']
    if (typeof gate !== 'string' || Object.hasOwn(gates, gate)) continue
    const near = nearest(gate, Object.keys(gates))
    const fix =
      near === undefined ? 'Add it under gates, or name one that is there.' : `Did you mean ${show(near)}?`
    report(['promotions', name, 'gate'], `${show(gate)} is not a gate of this file. ${fix}`)
  }
}

function checkGate(gate: Mapping, name: string, report: Report): void {
  const path = ['gates', name]
  for (const key of ['packages', 'paths', 'ignores', 'vex']) checkUnique(gate[key], [...path, key], report)
  const {failOn, most} = {failOn: gate['failOn'], most: gate['most']}
  if (most === mappingOf(most) && Object.keys(mappingOf(most)).length === 0) {
    report([...path, 'most'], 'is empty. Write critical: 0, or take it out.')
  }
  if (failOn === mappingOf(failOn) && !('severity' in mappingOf(failOn)) && most === undefined) {
    const text = '"severity" is missing. Add severity: high; for findings of any, severity: informational.'
    report([...path, 'failOn'], text, 'key', 'severity')
  }
  if ((millisecondsOf(gate['wait']) ?? 0) > (millisecondsOf(maxWait) ?? 0)) {
    report([...path, 'wait'], `is longer than ${maxWait}. Wait ${maxWait} or less.`)
  }
}
