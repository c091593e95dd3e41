import type {Finding} from './finding.ts'

/** The same for the same vulnerability in the same version of a package at the same place, whatever platform has it. */
export function keyOfFinding({id, package: {name, version, manager, path}}: Finding): string {
  return JSON.stringify([id, name, version, manager, path])
}
