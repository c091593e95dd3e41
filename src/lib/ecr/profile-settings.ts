import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {UsageError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'

/** What a user says of the network in the AWS configuration rather than for one command. */
export interface ProfileSettings {
  readonly useFips: boolean
  readonly useDualstack: boolean
  /** File of certificates (`ca_bundle`). */
  readonly caBundle?: string
}

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Which of AWS's endpoints to use, by the variables, else by the profile in AWS's config file (AWS SDKs and Tools
 * Reference Guide, "Dual-stack and FIPS endpoints").
 *
 * @param options.profile that of `--profile`; without it AWS_PROFILE, else `default`.
 * @param options.home the user's, where the file is in `.aws/config` unless AWS_CONFIG_FILE names another; undefined to
 *   read no file.
 * @throws {UsageError} UNREADABLE_AWS_CONFIG.
 */
export async function readProfileSettings(
  env: Variables,
  options: {readonly profile?: string | undefined; readonly home?: string | undefined},
): Promise<ProfileSettings> {
  const profile = options.profile ?? (env['AWS_PROFILE'] || 'default')
  const text = options.home === undefined ? '' : await readConfig(env, options.home)
  const keys = profileOf(text, profile)
  const isOn = (variable: string, key: string): boolean =>
    (env[variable] || keys.get(key))?.toLowerCase() === 'true'
  const caBundle = keys.get('ca_bundle')
  return {
    useFips: isOn('AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint'),
    useDualstack: isOn('AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint'),
    ...(caBundle === undefined ? {} : {caBundle}),
  }
}

async function readConfig(env: Variables, home: string): Promise<string> {
  const file = env['AWS_CONFIG_FILE'] || join(home, '.aws', 'config')
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error'
    if (code === 'ENOENT') return ''
    throw new UsageError(
      'UNREADABLE_AWS_CONFIG',
      `${oneLine(file)} cannot be read (${code}). Nothing was sent.`,
    )
  }
}

/** The keys of one profile: `[default]` or `[profile NAME]`; those that are indented belong to the key before them. */
export function profileOf(text: string, profile: string): ReadonlyMap<string, string> {
  const keys = new Map<string, string>()
  let isWanted = false
  for (const line of text.split(/\r?\n/)) {
    const [, section] = /^\[\s*([^\]]+?)\s*\]/.exec(line) ?? []
    if (section !== undefined) {
      const name = section.replace(/^profile\s+/, '').replace(/^(["'])(.*)\1$/, '$2')
      isWanted = name === profile && (section !== name || name === 'default')
      continue
    }
    const [, key, value] = /^([^\s#;=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (isWanted && key !== undefined && value !== undefined)
      keys.set(key.toLowerCase(), value.replace(/\s+[#;].*$/, ''))
  }
  return keys
}
