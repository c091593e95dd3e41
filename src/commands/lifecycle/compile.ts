import {string as stringArg} from '@oclif/core/args'
import {string} from '@oclif/core/flags'
import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {
  type LifecycleCompileResult,
  toLifecycleCompileResult,
  viewLifecycleCompile,
  viewLifecyclePolicies,
} from '../../lib/cli/lifecycle-compile-view.ts'
import {accounts} from '../../lib/cli/scope-flags.ts'
import {readInput} from '../../lib/cli/stdin.ts'
import {UsageError} from '../../lib/errors.ts'
import type {CompileOrder} from '../../lib/lifecycle/compile-run.ts'

export default class LifecycleCompile extends GantryCommand<LifecycleCompileResult> {
  static override summary = 'Print the lifecycle policy that readable rules become in ECR.'
  static override description = [
    'For a repository or a preset of repos.yaml, or for a file with readable rules (keep, expire, archive) or those of ECR',
    '(rules), in YAML or JSON; without any of them, tells every policy that repos.yaml says. No registry is asked.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> payments/api > policy.json',
    '<%= config.bin %> <%= command.id %> --preset app',
    '<%= config.bin %> <%= command.id %> --policy rules.yaml --json',
  ]
  static override args = {
    repository: stringArg({
      name: 'REPOSITORY',
      ignoreStdin: true,
      description: 'The repository whose policy it is; every policy of repos.yaml without.',
    }),
  }
  static override flags = {
    account: accounts({exclusive: ['preset', 'policy']}),
    preset: string({helpValue: 'NAME', summary: 'The policy that a preset of repos.yaml is on its own.'}),
    policy: string({helpValue: 'FILE', summary: 'The policy in a file; - is standard input.'}),
  }

  #isOne = true

  protected async execute(context: Context): Promise<LifecycleCompileResult> {
    const {args, flags} = await this.parse(LifecycleCompile)
    const order = await orderOf({repository: args.repository, ...flags}, context)
    this.#isOne = order !== undefined
    const {compileEstate, compilePolicy} = await import('../../lib/lifecycle/compile-run.ts')
    if (order !== undefined) return toLifecycleCompileResult([compilePolicy(order)])
    const policies = compileEstate(await context.estate())
    if (policies.length === 0)
      throw new UsageError('NO_POLICY', `No repos.yaml says a lifecycle policy. ${howToName}`)
    return toLifecycleCompileResult(policies)
  }

  protected view(result: LifecycleCompileResult, style: Style): string {
    return this.#isOne ? viewLifecycleCompile(result) : viewLifecyclePolicies(result, style)
  }
}

interface Wish {
  readonly repository?: string | undefined
  readonly preset?: string | undefined
  readonly policy?: string | undefined
  readonly account: readonly string[]
}

const howToName = 'Name one: gantry lifecycle compile REPOSITORY, or --preset NAME, or --policy FILE.'

/** @returns undefined when none is named. */
async function orderOf(
  {repository, preset, policy, account}: Wish,
  {stdin, estate}: Context,
): Promise<CompileOrder | undefined> {
  if ([repository, preset, policy].filter(wish => wish !== undefined).length > 1)
    throw new UsageError('ONE_POLICY', `These are several policies. ${howToName}`)
  if (policy !== undefined) return {kind: 'file', name: policy, text: await readInput(policy, stdin)}
  if (preset !== undefined) return {kind: 'preset', name: preset, estate: await estate()}
  if (repository !== undefined)
    return {kind: 'repository', name: repository, estate: await estate(), accounts: account}
  if (account.length > 0)
    throw new UsageError('NO_REPOSITORY', `--account needs a repository whose policy it is. ${howToName}`)
  return undefined
}
