import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {buildWith, builtTool} from './built-tools.ts'

/** A package of a Go module, at an exact version. */
export interface GoPackage {
  readonly package: string
  readonly module: string
  readonly version: string
  /** Checksums of a module that the public database of checksums does not know. */
  readonly sums?: {readonly module: string; readonly goMod: string}
}

/**
 * Path of a Go program, built once on this machine.
 *
 * @returns undefined where there is no Go, or the module is not to be had.
 */
export function goTool(tool: GoPackage): Promise<string | undefined> {
  return builtProgram(tool, tool.package.replace(/^.*\//, ''), ['build'])
}

/**
 * Path of the test program of a Go package (`go test -c`), built once on this machine.
 *
 * @returns undefined where there is no Go, or the module is not to be had.
 */
export function goTestProgram(tool: GoPackage): Promise<string | undefined> {
  return builtProgram(tool, 'test-program', ['test', '-c'])
}

async function builtProgram(
  tool: GoPackage,
  name: string,
  command: readonly string[],
): Promise<string | undefined> {
  const folder = await builtTool(`${tool.package}@${tool.version} ${name}`, async folder => {
    const work = await mkdtemp(join(tmpdir(), 'gantry-go-'))
    try {
      await writeModule(work, tool)
      // `go install` also asks which versions there are, and not every proxy says so.
      await buildWith('go', [...command, '-mod=mod', '-o', join(folder, name), tool.package], {
        cwd: work,
        env: tool.sums === undefined ? {} : {GONOSUMDB: tool.module},
      })
    } finally {
      await rm(work, {recursive: true, force: true})
    }
  })
  return folder === undefined ? undefined : join(folder, name)
}

/** A module that needs the tool and nothing else. */
async function writeModule(work: string, {module, version, sums}: GoPackage): Promise<void> {
  await buildWith('go', ['mod', 'init', 'work'], {cwd: work})
  await buildWith('go', ['mod', 'edit', `-require=${module}@${version}`], {cwd: work})
  if (sums === undefined) return
  const known = [`${module} ${version} ${sums.module}`, `${module} ${version}/go.mod ${sums.goMod}`]
  await writeFile(join(work, 'go.sum'), `${known.join('\n')}\n`)
}
