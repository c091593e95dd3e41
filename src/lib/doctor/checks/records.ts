import {constants} from 'node:fs'
import {access, stat} from 'node:fs/promises'
import {dirname} from 'node:path'
import {oneLine} from '../../oci/one-line.ts'
import {type Check, ok, problem} from '../check.ts'
import type {Machine} from '../world.ts'

/** Whether runs that change something can be recorded: nothing is changed that cannot be. The folder is not made here. */
export const records: Check<Pick<Machine, 'records'>> = {
  id: 'records',
  title: 'records',

  async run({records: folder}) {
    const existing = await nearest(folder)
    const isThere = existing === folder
    try {
      if (!(await stat(existing)).isDirectory()) throw Object.assign(new Error(), {code: 'ENOTDIR'})
      await access(existing, constants.W_OK | constants.X_OK)
      return ok(isThere ? `${oneLine(folder)} can be written` : `${oneLine(folder)} can be made`)
    } catch (error) {
      return problem(
        'other',
        `${oneLine(folder)} cannot be ${isThere ? 'written' : 'made'} (${codeOf(error)} at ${oneLine(existing)})`,
        'Make it writable, or name another place: XDG_STATE_HOME=FOLDER (on Windows LOCALAPPDATA).',
      )
    }
  },
}

async function nearest(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    const isThere = await stat(path).then(
      () => true,
      (error: unknown) => codeOf(error) !== 'ENOENT',
    )
    if (isThere || dirname(path) === path) return path
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'error'
}
