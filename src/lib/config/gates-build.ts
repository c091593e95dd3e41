import {dirname, isAbsolute, join} from 'node:path'
import {BugError} from '../errors.ts'
import {millisecondsOf} from './duration.ts'
import type {Origin} from './estate.ts'
import {type FailFilter, type Gate, gateDefaults} from './gates.ts'
import type {GateData} from './gates-schema.ts'

/** The gate that checked values describe. */
export function buildGate(name: string, data: GateData, origin: Origin): Gate {
  const {failOn, most, grace, wait, ignores, vex, ...values} = data
  const fromHere = (file: string) => (isAbsolute(file) ? file : join(dirname(origin.file), file))
  return {
    name,
    policy: {
      ...values,
      failOn: buildFilter(failOn, most),
      most: most ?? gateDefaults.most,
      graceMs: grace === undefined ? gateDefaults.graceMs : checkedMs(grace),
      waitMs: wait === undefined ? gateDefaults.waitMs : checkedMs(wait),
      ignores: ignores.map(fromHere),
      vex: vex.map(fromHere),
    },
    origin,
  }
}

/** Without numbers the default holds for who names no severity; with them, those alone decide. */
function buildFilter(failOn: GateData['failOn'], most: GateData['most']): FailFilter {
  const threshold = most === undefined ? gateDefaults.failOn : {...gateDefaults.failOn, severity: null}
  return {...threshold, ...failOn}
}

function checkedMs(text: string): number {
  const milliseconds = millisecondsOf(text)
  if (milliseconds === undefined) throw new BugError('repos.yaml: what is no duration passed the checks.')
  return milliseconds
}
