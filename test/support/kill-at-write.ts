/**
 * Loaded before a program (`node --import`), kills it right before its KILL_AT-th write below KILL_BELOW, or counts these
 * writes into the file KILL_COUNT where KILL_AT is 0.
 */
import {writeFileSync} from 'node:fs'
import fs, {type FileHandle} from 'node:fs/promises'
import {syncBuiltinESMExports} from 'node:module'
import process from 'node:process'

type Operation = (...args: unknown[]) => Promise<unknown>

const {KILL_AT: killAt, KILL_BELOW: below = '', KILL_COUNT: count = ''} = process.env
const original: Readonly<Record<string, Operation>> = {...fs} as never
const patched = fs as unknown as Record<string, Operation>
let writes = 0

function beforeWrite(path: unknown): void {
  if (!String(path).startsWith(below)) return
  if (++writes === Number(killAt)) process.kill(process.pid, 'SIGKILL')
  if (killAt === '0') writeFileSync(count, String(writes))
}

for (const name of ['mkdir', 'rename', 'rm', 'writeFile'])
  patched[name] = (...args) => {
    beforeWrite(args[0])
    return original[name]?.(...args) ?? Promise.reject(new TypeError(name))
  }

patched['open'] = async (...args) => {
  const [path, flags] = args
  const handle = (await original['open']?.(...args)) as FileHandle
  if (flags !== 'wx' && flags !== 'ax') return handle
  for (const name of ['writeFile', 'appendFile', 'datasync'] as const) {
    const act = handle[name].bind(handle) as Operation
    Object.assign(handle, {
      [name]: (...given: unknown[]) => {
        beforeWrite(path)
        return act(...given)
      },
    })
  }
  return handle
}

syncBuiltinESMExports()
