import {constants} from 'node:fs'
import {access, stat} from 'node:fs/promises'
import {delimiter, isAbsolute, join} from 'node:path'
import {UsageError} from '../errors.ts'

/** The container tools that take a registry's password on standard input, and how each is told. */

export const toolNames = ['docker', 'podman', 'skopeo', 'helm', 'oras', 'buildah'] as const
export type ToolName = (typeof toolNames)[number]

/** Variables of the environment, as the program that uses the library holds them. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface Tool {
  readonly name: ToolName
  /** Absolute path of the executable. */
  readonly path: string
}

interface Conventions {
  readonly command: readonly string[]
  /** How the tool is told that the registry speaks plain HTTP; docker takes it for granted on loopback. */
  readonly plainHttp: readonly string[]
  /** Tools with the same store write the same file, and none of them locks it. */
  readonly store: 'docker' | 'containers' | 'helm'
}

const conventions: Readonly<Record<ToolName, Conventions>> = {
  docker: {command: ['login'], plainHttp: [], store: 'docker'},
  podman: {command: ['login'], plainHttp: ['--tls-verify=false'], store: 'containers'},
  skopeo: {command: ['login'], plainHttp: ['--tls-verify=false'], store: 'containers'},
  helm: {command: ['registry', 'login'], plainHttp: ['--plain-http'], store: 'helm'},
  oras: {command: ['login'], plainHttp: ['--plain-http'], store: 'docker'},
  buildah: {command: ['login'], plainHttp: ['--tls-verify=false'], store: 'containers'},
}

/** The arguments of the tool's login; the password is not among them, it goes to standard input. */
export function loginArguments(
  tool: ToolName,
  login: {readonly registry: string; readonly username: string; readonly plainHttp: boolean},
): readonly string[] {
  const {command, plainHttp} = conventions[tool]
  const flags = ['--username', login.username, '--password-stdin', ...(login.plainHttp ? plainHttp : [])]
  return [...command, ...flags, login.registry]
}

/** The tools grouped so that no two groups write the same file. */
export function groupByStore(tools: readonly Tool[]): readonly (readonly Tool[])[] {
  return [...Map.groupBy(tools, tool => conventions[tool.name].store).values()]
}

/**
 * The tools to log in: those that were asked for, else docker, else every other one that is installed. Throws
 * `UsageError` that names what is missing.
 */
export async function chooseTools(
  requested: readonly ToolName[],
  env: Environment,
): Promise<readonly Tool[]> {
  const find = async (name: ToolName): Promise<Tool | undefined> => {
    const path = await findExecutable(name, env)
    return path === undefined ? undefined : {name, path}
  }
  if (requested.length > 0) {
    const names = [...new Set(requested)]
    const found = await Promise.all(names.map(find))
    const missing = names.filter((_, index) => found[index] === undefined)
    if (missing.length === 0) return found.filter(tool => tool !== undefined)
    throw new UsageError(
      'TOOL_MISSING',
      `${missing.join(', ')}: not found on PATH. Install it or use another --tool.`,
    )
  }
  const docker = await find('docker')
  if (docker !== undefined) return [docker]
  const others = (await Promise.all(toolNames.map(find))).filter(tool => tool !== undefined)
  if (others.length > 0) return others
  throw new UsageError(
    'TOOL_MISSING',
    `No container tool is on PATH (looked for ${toolNames.join(', ')}). Install one, or use --authfile or --print.`,
  )
}

/** The absolute path of a program on PATH; entries that are empty or relative are left out, they depend on the folder. */
export async function findExecutable(name: string, env: Environment): Promise<string | undefined> {
  const windows = process.platform === 'win32'
  const folders = (variable(env, 'PATH') ?? '').split(delimiter).filter(folder => isAbsolute(folder))
  const endings = windows ? (variable(env, 'PATHEXT') ?? '.COM;.EXE;.BAT;.CMD').split(';') : ['']
  for (const folder of folders) {
    for (const ending of endings) {
      const path = join(folder, name + ending)
      if (await isExecutable(path)) return path
    }
  }
  return undefined
}

/** Windows writes `Path`; a copy of its environment no longer ignores the case. */
function variable(env: Environment, name: string): string | undefined {
  if (process.platform !== 'win32') return env[name]
  const key = Object.keys(env).find(candidate => candidate.toUpperCase() === name)
  return key === undefined ? undefined : env[key]
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
