import {string} from '@oclif/core/args'
import {type CommandResult, type Context, GantryCommand} from '../../lib/cli/command.ts'
import {postToSandbox} from '../../lib/cli/sandbox-control.ts'
import {readInput} from '../../lib/cli/stdin.ts'
import {exitCodes} from '../../lib/errors.ts'

interface SeedResult extends CommandResult {
  readonly summary: {readonly url: string; readonly file: string}
}

export default class SandboxSeed extends GantryCommand<SeedResult> {
  static override summary = 'Put accounts, repositories and images into the running sandbox.'
  static override description =
    'Sends a JSON file to the sandbox that GANTRY_SANDBOX names. What is there already stays.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> seed.json',
    'generate-seed | <%= config.bin %> <%= command.id %> -',
  ]
  static override args = {
    file: string({
      name: 'FILE',
      required: true,
      ignoreStdin: true,
      description: 'The file with the seed; - reads standard input.',
    }),
  }

  protected async execute({sandboxUrl, signal, stdin}: Context): Promise<SeedResult> {
    const {file} = (await this.parse(SandboxSeed)).args
    const url = await postToSandbox(sandboxUrl, 'seed', await readInput(file, stdin), signal)
    return {summary: {url, file}, items: [], warnings: [], exitCode: exitCodes.done}
  }

  protected view({summary}: SeedResult): string {
    return `The sandbox at ${summary.url} took ${summary.file === '-' ? 'the seed' : summary.file}.`
  }
}
