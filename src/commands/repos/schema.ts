import {type CommandResult, GantryCommand} from '../../lib/cli/command.ts'
import {exitCodes} from '../../lib/errors.ts'

export default class ReposSchema extends GantryCommand<CommandResult> {
  static override summary = 'Print the JSON Schema of repos.yaml.'
  static override description = [
    'For editors: put it into a file, and name that in the first line of repos.yaml,',
    'as in "# yaml-language-server: $schema=repos.schema.json".',
  ].join(' ')
  static override examples = ['<%= config.bin %> <%= command.id %> > repos.schema.json']

  protected async execute(): Promise<CommandResult> {
    await this.parse(ReposSchema)
    const {estateJsonSchema} = await import('../../lib/config/schema.ts')
    return {summary: {}, items: [estateJsonSchema()], warnings: [], exitCode: exitCodes.done}
  }

  protected view({items: [schema]}: CommandResult): string {
    return JSON.stringify(schema, undefined, 2)
  }
}
