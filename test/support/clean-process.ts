/** Test files share a process: what one of them leaves behind there does not reach the next. */
import process from 'node:process'
import {afterAll} from 'vitest'

const env = {...process.env}
const {exitCode} = process
const streams = [process.stdout, process.stderr].map(stream => [stream, stream.isTTY] as const)

afterAll(() => {
  // listr2 marks both as terminals when it is made to draw on a stream of its own.
  for (const [stream, isTTY] of streams) stream.isTTY = isTTY
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  Object.assign(process.env, env)
  process.exitCode = exitCode
})
