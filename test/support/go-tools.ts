import {mkdir, readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {buildWith, builtTool} from './built-tools.ts'

/**
 * Path of a Go program, built once on this machine.
 *
 * @param target as `go install` takes it: `PACKAGE@VERSION`, always with an exact version.
 * @returns undefined where there is no Go, or the module is not to be had.
 */
export function goTool(target: string): Promise<string | undefined> {
  return builtProgram(target, folder => buildWith('go', ['install', target], {env: {GOBIN: folder}}))
}

/**
 * Path of the test program of a Go package (`go test -c`), built once on this machine.
 *
 * @param target `PACKAGE@VERSION`.
 * @param module that the package is in, where that is not the package itself.
 * @returns undefined where there is no Go, or the module is not to be had.
 */
export function goTestProgram(
  target: string,
  module = target.replace(/@.*/, ''),
): Promise<string | undefined> {
  const [path = '', version = ''] = target.split('@')
  return builtProgram(`${target}.test`, async folder => {
    const work = join(folder, '.module')
    await mkdir(work)
    await buildWith('go', ['mod', 'init', 'work'], {cwd: work})
    await buildWith('go', ['get', '-t', `${module}@${version}`], {cwd: work})
    await buildWith('go', ['test', '-c', '-mod=mod', '-o', join(folder, 'test-program'), path], {cwd: work})
    await rm(work, {recursive: true, force: true})
  })
}

/** The one program in the folder of what was built. */
async function builtProgram(
  name: string,
  build: (folder: string) => Promise<void>,
): Promise<string | undefined> {
  const folder = await builtTool(name, build)
  if (folder === undefined) return undefined
  const program = (await readdir(folder)).find(file => !file.startsWith('.'))
  return program === undefined ? undefined : join(folder, program)
}
