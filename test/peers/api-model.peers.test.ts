import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {describe, expect, test} from 'vitest'
import {pythonPrograms} from '../support/python-tools.ts'
import {python} from './versions.ts'

const programs = await pythonPrograms(python.boto3)
const root = join(import.meta.dirname, '../..')

describe.skipIf(programs === undefined)(`AWS's service model, as ${python.boto3} has it`, () => {
  test('is what the sandbox holds requests to', async () => {
    const where = 'import botocore, os; print(os.path.dirname(os.path.dirname(botocore.__file__)))'
    const run = promisify(execFile)
    const {stdout} = await run(join(programs ?? '', 'python3'), ['-c', where])
    const generator = join(root, 'tools/generate-model.ts')
    const checked = run(process.execPath, [generator, stdout.trim(), '--check'])
    await expect(checked).resolves.toMatchObject({stderr: ''})
  })
})
