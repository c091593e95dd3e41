import {homedir} from 'node:os'
import {resolve} from 'node:path'
import {string} from '@oclif/core/args'
import {boolean, option, string as text} from '@oclif/core/flags'
import {type CommandResult, type Context, GantryCommand, type Style} from '../lib/cli/command.ts'
import {awsEnvironment} from '../lib/cli/environment.ts'
import {escapeText} from '../lib/cli/escape.ts'
import {viewLogins, viewRegistration} from '../lib/cli/login-view.ts'
import {expandStdin} from '../lib/cli/stdin.ts'
import {exitCodes, UsageError} from '../lib/errors.ts'
import type {LoginItem, LoginResult} from '../lib/login/login.ts'
import type {PreparedLogin} from '../lib/login/prepare.ts'
import type {RegistrationItem} from '../lib/login/register-helper.ts'
import {type ToolName, toolNames} from '../lib/login/tools.ts'

type Outcome =
  | (CommandResult & {readonly mode: 'login'; readonly items: readonly LoginItem[]})
  | (CommandResult & {
      readonly mode: 'helper'
      readonly file: string
      readonly items: readonly RegistrationItem[]
    })
  /** The only result that holds a password; no JSON document is ever made of it. */
  | (CommandResult & {readonly mode: 'print'; readonly password: string})

const toolTimeoutMs = 120_000

export default class Login extends GantryCommand<Outcome> {
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

  protected async execute(context: Context): Promise<Outcome> {
    const {args, flags} = await this.parse(Login)
    if (flags.print && flags.json) {
      throw new UsageError('PRINT_IS_BARE', '--print writes a password and nothing else: leave out --json.')
    }
    const {prepareLogin} = await import('../lib/login/prepare.ts')
    const prepared = await prepareLogin({
      names: await expandStdin(args.names ?? [], context.stdin),
      region: context.region,
      estate: await context.estate(),
      environment: awsEnvironment(context),
    })
    if (flags.helper) return await register(prepared, flags.authfile, context)
    if (flags.print) return await printPassword(prepared)
    if (flags.authfile !== undefined) return await writeAuthfile(prepared, flags.authfile, context)
    return await logIn(prepared, flags.tool ?? [], context)
  }

  protected view(result: Outcome, style: Style): string {
    if (result.mode === 'print') return result.password
    if (result.mode === 'helper') return viewRegistration(result.file, result.items)
    return viewLogins(result.items, style)
  }
}

async function logIn(
  {targets, issue, warning}: PreparedLogin,
  names: readonly ToolName[],
  context: Context,
): Promise<Outcome> {
  const [{chooseTools}, {loginTools}] = await Promise.all([
    import('../lib/login/tools.ts'),
    import('../lib/login/login.ts'),
  ])
  const tools = await chooseTools(names, context.env)
  const progress = context.progress.start('Logging in', {noun: 'login', total: targets.length * tools.length})
  const result = await loginTools(targets, tools, issue, {...context, toolTimeoutMs}, event => {
    const {registry, tool} = event.type === 'ended' ? event.item : event
    const id = `${registry} ${tool}`
    if (event.type === 'started') progress.task(id, id)
    else progress.done(id, event.item.error === null ? 'done' : 'failed')
  })
  return loginOutcome(result, warning)
}

async function writeAuthfile(
  {targets, issue}: PreparedLogin,
  file: string,
  {cwd}: Context,
): Promise<Outcome> {
  const {loginAuthfile} = await import('../lib/login/login.ts')
  return loginOutcome(await loginAuthfile(targets, resolve(cwd, file), issue))
}

function loginOutcome({items, exitCode}: LoginResult, warning?: string): Outcome {
  const failed = items.filter(({error}) => error !== null).length
  return {
    mode: 'login',
    summary: {logins: items.length, failed},
    items,
    warnings: warning === undefined ? [] : [warning],
    exitCode,
  }
}

async function printPassword({targets, issue}: PreparedLogin): Promise<Outcome> {
  const [target, ...others] = targets
  if (target === undefined || others.length > 0) {
    const registries = targets.map(({registry}) => registry).join(', ')
    throw new UsageError(
      'ONE_REGISTRY',
      `--print is for one registry; this names ${targets.length}: ${registries}.`,
    )
  }
  const {password} = await issue(target)
  return {mode: 'print', password, summary: {}, items: [], warnings: [], exitCode: exitCodes.done}
}

async function register(
  {targets}: PreparedLogin,
  file: string | undefined,
  context: Context,
): Promise<Outcome> {
  const {applyRegistration, dockerConfigPath, helperWarning, planRegistration, registrationItems} =
    await import('../lib/login/register-helper.ts')
  const {cwd, env} = context
  const path = resolve(cwd, file ?? dockerConfigPath(env, homedir()))
  const registries = targets.map(({registry}) => registry)
  const plan = await planRegistration(path, registries)
  for (const line of plan.diff) context.note(escapeText(line))
  const agreed = plan.changes.length === 0 || (await context.confirm(`Change ${path}?`))
  if (agreed) await applyRegistration(plan)
  const warning = await helperWarning(env)
  return {
    mode: 'helper',
    file: path,
    summary: {file: path, changed: agreed ? plan.changes.length : 0},
    items: registrationItems(registries, plan, agreed),
    warnings: warning === undefined ? [] : [warning],
    exitCode: exitCodes.done,
  }
}
