import {string as stringArg} from '@oclif/core/args'
import {string} from '@oclif/core/flags'
import {type Context, GantryCommand} from '../../lib/cli/command.ts'
import {writePolicies} from '../../lib/cli/iam-policy-files.ts'
import {type IamPolicyResult, toIamPolicyResult, viewIamPolicy} from '../../lib/cli/iam-policy-view.ts'

export default class IamPolicy extends GantryCommand<IamPolicyResult> {
  static override summary = 'Print the least that commands need to be allowed, for this repos.yaml.'
  static override description = [
    'Prints the IAM policy of each account of repos.yaml, with the actions that the commands send and no other, on the',
    'repositories, accounts and regions of its routes; and what the owners of accounts have to add that are asked via another',
    'one. Flags that need more follow their command, in quotes. Nobody is asked. docs/iam.md tells why each action is needed.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> promote',
    '<%= config.bin %> <%= command.id %> "promote --create-repositories" rollback --account prod > policy.json',
    "<%= config.bin %> <%= command.id %> lifecycle plan --repository 'payments/**' --out policies",
  ]
  static override strict = false
  static override args = {
    command: stringArg({
      name: 'COMMAND',
      ignoreStdin: true,
      description:
        'Commands of gantry; flags that change what one needs after it, in quotes: "scan-gate --start".',
    }),
  }
  static override flags = {
    account: string({helpValue: 'ALIAS', summary: 'The policy of the identity of this account alone.'}),
    repository: string({
      multiple: true,
      default: [],
      helpValue: 'PATTERN',
      summary: 'Repositories that commands without routes are run for; all without.',
    }),
    out: string({helpValue: 'FOLDER', summary: 'Write each policy into a file of this folder.'}),
  }

  #isOne = false

  protected async execute(context: Context): Promise<IamPolicyResult> {
    const {argv, flags} = await this.parse(IamPolicy)
    const [{readCommands}, {generatePolicies}, {checkedPattern, policyOfAccount}] = await Promise.all([
      import('../../lib/access/commands.ts'),
      import('../../lib/access/generate.ts'),
      import('../../lib/access/choose.ts'),
    ])
    const commands = readCommands(argv.map(String))
    const estate = await context.estate()
    const all = generatePolicies({commands, repositories: flags.repository.map(checkedPattern)}, estate)
    const chosen = flags.account === undefined ? all : policyOfAccount(all, flags.account, estate)
    this.#isOne = flags.account !== undefined
    const files = flags.out === undefined ? [] : await writePolicies(flags.out, context.cwd, chosen.policies)
    const names = commands.map(({name, flags: given}) => [name, ...given].join(' '))
    return toIamPolicyResult(names, chosen, files)
  }

  protected view(result: IamPolicyResult): string {
    return viewIamPolicy(result, this.#isOne)
  }
}
