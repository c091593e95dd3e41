import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {temporaryFolder} from '../../support/temporary-folder.ts'

/** What a fake tool was started with, as the operating system saw it. */
export interface ToolCall {
  readonly tool: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly stdin: string
  /** `/proc/<pid>/cmdline` and `environ` where the system has them. */
  readonly proc: string
}

export interface FakeTools {
  readonly env: Readonly<Record<string, string>>
  readonly calls: () => Promise<readonly ToolCall[]>
}

/**
 * A folder with these programs as the whole PATH. Each appends one {@link ToolCall} to a file; `behaviour` is the rest
 * of its program: JavaScript that sees `argv` and `stdin` and may set `process.exitCode`.
 */
export async function fakeTools(programs: Readonly<Record<string, string>>): Promise<FakeTools> {
  const folder = await temporaryFolder()
  const record = join(folder, 'calls.jsonl')
  await writeFile(record, '')
  for (const [tool, behaviour] of Object.entries(programs)) {
    const script = join(folder, `${tool}.cjs`)
    await writeFile(script, program(tool, record, behaviour))
    if (process.platform === 'win32') {
      await writeFile(join(folder, `${tool}.cmd`), `@"${process.execPath}" "${script}" %*\r\n`)
    } else {
      const shell = `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`
      await writeFile(join(folder, tool), shell, {mode: 0o755})
    }
  }
  return {
    env: {PATH: folder, CANARY: 'kept'},
    calls: async () =>
      (await readFile(record, 'utf8'))
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line) as ToolCall),
  }
}

function program(tool: string, record: string, behaviour: string): string {
  return `
const fs = require('node:fs')
const read = name => { try { return fs.readFileSync('/proc/self/' + name, 'latin1') } catch { return '' } }
const argv = process.argv.slice(2)
const stdin = fs.readFileSync(0, 'utf8')
const call = {tool: ${JSON.stringify(tool)}, argv, env: process.env, stdin, proc: read('cmdline') + read('environ')}
fs.appendFileSync(${JSON.stringify(record)}, JSON.stringify(call) + '\\n')
${behaviour}
`
}
