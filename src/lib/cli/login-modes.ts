/** The four things that `gantry login` does with the registries it was asked for. */
import {homedir} from 'node:os'
import {resolve} from 'node:path'
import {exitCodes, UsageError} from '../errors.ts'
import type {LoginItem, LoginResult} from '../login/login.ts'
import type {PreparedLogin} from '../login/prepare.ts'
import type {RegistrationItem} from '../login/register-helper.ts'
import type {ToolName} from '../login/tools.ts'
import type {Context} from './context.ts'
import type {CommandResult} from './envelope.ts'
import {escapeText} from './escape.ts'

export type LoginOutcome =
  | (CommandResult & {readonly mode: 'login'; readonly items: readonly LoginItem[]})
  | (CommandResult & {
      readonly mode: 'helper'
      readonly file: string
      readonly items: readonly RegistrationItem[]
    })
  /** The only result that holds a password; no JSON document is ever made of it. */
  | (CommandResult & {readonly mode: 'print'; readonly password: string})

const toolTimeoutMs = 120_000

/** Logs tools in, each through its own login command. */
export async function logIn(
  {targets, issue, warning}: PreparedLogin,
  names: readonly ToolName[],
  context: Context,
): Promise<LoginOutcome> {
  const [{chooseTools}, {loginTools}] = await Promise.all([
    import('../login/tools.ts'),
    import('../login/login.ts'),
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

/** Writes the passwords into one file that container tools read. */
export async function writeAuthfile(
  {targets, issue}: PreparedLogin,
  file: string,
  {cwd}: Context,
): Promise<LoginOutcome> {
  const {loginAuthfile} = await import('../login/login.ts')
  return loginOutcome(await loginAuthfile(targets, resolve(cwd, file), issue))
}

function loginOutcome({items, exitCode}: LoginResult, warning?: string): LoginOutcome {
  const failed = items.filter(({error}) => error !== null).length
  return {
    mode: 'login',
    summary: {logins: items.length, failed},
    items,
    warnings: warning === undefined ? [] : [warning],
    exitCode,
  }
}

/** The password of one registry, for a tool that gantry does not know. */
export async function printPassword({targets, issue}: PreparedLogin): Promise<LoginOutcome> {
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

/** Makes docker ask gantry for passwords, after showing what that changes. */
export async function register(
  {targets}: PreparedLogin,
  file: string | undefined,
  context: Context,
): Promise<LoginOutcome> {
  const {applyRegistration, dockerConfigPath, helperWarning, planRegistration, registrationItems} =
    await import('../login/register-helper.ts')
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
