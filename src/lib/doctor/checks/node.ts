import {type Check, ok, problem} from '../check.ts'
import type {Machine} from '../world.ts'

/** As package.json has it. */
const oldest = [22, 13] as const

export const node: Check<Pick<Machine, 'nodeVersion'>> = {
  id: 'node',
  title: 'Node.js',

  async run({nodeVersion}) {
    const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
    const [oldestMajor, oldestMinor] = oldest
    if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return ok(nodeVersion)
    return problem(
      'configuration',
      `${nodeVersion} is too old`,
      `Install Node.js ${oldestMajor}.${oldestMinor} or newer.`,
    )
  },
}
