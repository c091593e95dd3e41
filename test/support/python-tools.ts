import {join} from 'node:path'
import {buildWith, builtTool} from './built-tools.ts'

/**
 * Folder of the programs of a Python environment with these packages, built once on this machine.
 *
 * @param packages as pip takes them, always with an exact version: `boto3==1.44.5`.
 * @returns undefined where there is no Python with `venv`, or a package is not to be had.
 */
export async function pythonPrograms(...packages: readonly string[]): Promise<string | undefined> {
  const folder = await builtTool(`python-${packages.join('-').replaceAll('==', '@')}`, async folder => {
    await buildWith('python3', ['-m', 'venv', folder])
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input']
    await buildWith(join(folder, 'bin', 'pip'), ['install', ...quiet, ...packages])
  })
  return folder === undefined ? undefined : join(folder, 'bin')
}
