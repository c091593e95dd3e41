import {type CommandResult, type Context, GantryCommand} from '../../lib/cli/command.ts'
import {postToSandbox} from '../../lib/cli/sandbox-control.ts'
import {exitCodes} from '../../lib/errors.ts'

interface ResetResult extends CommandResult {
  readonly summary: {readonly url: string}
}

export default class SandboxReset extends GantryCommand<ResetResult> {
  static override summary = 'Empty the running sandbox.'
  static override description =
    `The sandbox that GANTRY_SANDBOX names forgets everything: registries, accounts, faults, requests and its clock.`
  static override examples = ['<%= config.bin %> <%= command.id %>']

  protected async execute({sandboxUrl, signal}: Context): Promise<ResetResult> {
    const url = await postToSandbox(sandboxUrl, 'reset', '', signal)
    return {summary: {url}, items: [], warnings: [], exitCode: exitCodes.done}
  }

  protected view({summary}: ResetResult): string {
    return `The sandbox at ${summary.url} is empty.`
  }
}
