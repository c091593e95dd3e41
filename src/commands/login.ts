import {string} from '@oclif/core/args'
import {boolean, option, string as text} from '@oclif/core/flags'
import {type Context, GantryCommand, type Style} from '../lib/cli/command.ts'
import {awsEnvironment} from '../lib/cli/environment.ts'
import {type LoginOutcome, logIn, printPassword, register, writeAuthfile} from '../lib/cli/login-modes.ts'
import {viewLogins, viewRegistration} from '../lib/cli/login-view.ts'
import {expandStdin} from '../lib/cli/stdin.ts'
import {UsageError} from '../lib/errors.ts'
import {toolNames} from '../lib/login/tools.ts'

export default class Login extends GantryCommand<LoginOutcome> {
  static override summary = 'Log container tools in to ECR registries.'
  static override description = [
    'Without names: every account and region of repos.yaml, or the account of the AWS credentials where there is none.',
    "The password goes to each tool's standard input or into the auth file, never into arguments, variables or logs.",
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> dev prod',
    '<%= config.bin %> <%= command.id %> 111111111111.dkr.ecr.eu-west-1.amazonaws.com public.ecr.aws --tool podman',
    '<%= config.bin %> <%= command.id %> dev --print | docker login --username AWS --password-stdin HOST',
    '<%= config.bin %> <%= command.id %> --helper',
  ]
  static override args = {
    names: string({
      name: 'ALIAS|REGISTRY',
      multiple: true,
      ignoreStdin: true,
      description: 'Accounts of repos.yaml or registry hosts; - reads them from standard input.',
    }),
  }
  static override flags = {
    tool: option({
      options: toolNames,
      multiple: true,
      multipleNonGreedy: true,
      exclusive: ['authfile', 'print', 'helper'],
      summary: 'Log this tool in; docker where it is installed, else every other tool that is.',
    })(),
    authfile: text({
      helpValue: 'FILE',
      exclusive: ['print'],
      summary: 'Write the passwords (with --helper: the registration) into this file instead.',
    }),
    print: boolean({
      exclusive: ['helper'],
      summary: 'Print the password of one registry and nothing else.',
    }),
    helper: boolean({
      summary: 'Register docker-credential-gantry in the docker configuration: no login is needed any more.',
    }),
  }

  protected async execute(context: Context): Promise<LoginOutcome> {
    const {args, flags} = await this.parse(Login)
    if (flags.print && flags.json) {
      throw new UsageError('PRINT_IS_BARE', '--print writes a password and nothing else: leave out --json.')
    }
    const {prepareLogin} = await import('../lib/login/prepare.ts')
    const prepared = await prepareLogin({
      names: await expandStdin(args.names ?? [], context.stdin),
      region: context.region,
      estate: await context.estate(),
      environment: await awsEnvironment(context),
    })
    if (flags.helper) return await register(prepared, flags.authfile, context)
    if (flags.print) return await printPassword(prepared)
    if (flags.authfile !== undefined) return await writeAuthfile(prepared, flags.authfile, context)
    return await logIn(prepared, flags.tool ?? [], context)
  }

  protected view(result: LoginOutcome, style: Style): string {
    if (result.mode === 'print') return result.password
    if (result.mode === 'helper') return viewRegistration(result.file, result.items)
    return viewLogins(result.items, style)
  }
}
