import {string as stringArg} from '@oclif/core/args'
import {string} from '@oclif/core/flags'
import {type Context, GantryCommand} from '../../lib/cli/command.ts'
import {
  type LifecycleCompileResult,
  toLifecycleCompileResult,
  viewLifecycleCompile,
} from '../../lib/cli/lifecycle-compile-view.ts'
import {readInput} from '../../lib/cli/stdin.ts'
import {UsageError} from '../../lib/errors.ts'
import type {CompileOrder} from '../../lib/lifecycle/compile-run.ts'

export default class LifecycleCompile extends GantryCommand<LifecycleCompileResult> {
  static override summary = 'Print the lifecycle policy that readable rules become in ECR.'
  static override description = [
    'For a repository or a preset of repos.yaml, or for a file with readable rules (keep, expire, archive) or those of ECR',
    '(rules), in YAML or JSON. No registry is asked.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> payments/api > policy.json',
    '<%= config.bin %> <%= command.id %> --preset app',
    '<%= config.bin %> <%= command.id %> --policy rules.yaml --json',
  ]
  static override args = {
    repository: stringArg({
      name: 'REPOSITORY',
      ignoreStdin: true,
      description: 'The repository whose policy it is, as repos.yaml names it.',
    }),
  }
  static override flags = {
    preset: string({helpValue: 'NAME', summary: 'The policy that a preset of repos.yaml is on its own.'}),
    policy: string({helpValue: 'FILE', summary: 'The policy in a file; - is standard input.'}),
  }

  protected async execute(context: Context): Promise<LifecycleCompileResult> {
    const {args, flags} = await this.parse(LifecycleCompile)
    const order = await orderOf({repository: args.repository, ...flags}, context)
    const {compilePolicy} = await import('../../lib/lifecycle/compile-run.ts')
    return toLifecycleCompileResult(order, compilePolicy(order))
  }

  protected view(result: LifecycleCompileResult): string {
    return viewLifecycleCompile(result)
  }
}

interface Wish {
  readonly repository?: string | undefined
  readonly preset?: string | undefined
  readonly policy?: string | undefined
}

async function orderOf({repository, preset, policy}: Wish, {stdin, estate}: Context): Promise<CompileOrder> {
  if ([repository, preset, policy].filter(wish => wish !== undefined).length === 1) {
    if (policy !== undefined) return {kind: 'file', name: policy, text: await readInput(policy, stdin)}
    if (preset !== undefined) return {kind: 'preset', name: preset, estate: await estate()}
    if (repository !== undefined) return {kind: 'repository', name: repository, estate: await estate()}
  }
  throw new UsageError(
    'ONE_POLICY',
    'One policy is compiled at a time: gantry lifecycle compile REPOSITORY, or --preset NAME, or --policy FILE.',
  )
}
