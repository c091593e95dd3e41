import {homedir} from 'node:os'
import {join} from 'node:path'
import type {AwsEnvironment} from '../ecr/environment.ts'
import {readProfileSettings} from '../ecr/profile-settings.ts'
import {readNetwork} from '../oci/network.ts'
import {createPaces} from '../oci/pace.ts'
import {wait} from '../oci/wait.ts'
import type {Context} from './context.ts'

type AwsContext = Pick<Context, 'env' | 'now' | 'signal' | 'sandboxUrl' | 'profile'>

/**
 * What a command's context, and the user's AWS configuration, mean to everything that speaks to AWS. A sandbox is on this
 * machine: nothing of the network matters, and no file of AWS is read.
 *
 * @throws {UsageError} INVALID_PROXY, INVALID_CA_FILE, UNREADABLE_AWS_CONFIG.
 */
export async function awsEnvironment({
  env,
  now,
  signal,
  sandboxUrl,
  profile,
}: AwsContext): Promise<AwsEnvironment> {
  const home = sandboxUrl === undefined ? homedir() : undefined
  const {useFips, useDualstack, caBundle} = await readProfileSettings(env, {profile, home})
  return {
    env,
    now,
    signal,
    // A sandbox holds to the published rates when it is told to, and then they are learned.
    paces: createPaces({now, wait}, {unpublished: sandboxUrl !== undefined}),
    sandboxUrl: sandboxUrl?.origin,
    defaultProfile: profile,
    ...(sandboxUrl === undefined ? {network: readNetwork(env, {bundle: caBundle, home})} : {}),
    useFips,
    useDualstack,
  }
}

/** Folder of the records of runs: the user's state, where the system has a place for it (XDG base directories). */
export function recordsFolder({env}: Pick<Context, 'env'>, platform: NodeJS.Platform): string {
  const local = platform === 'win32' ? env['LOCALAPPDATA'] : env['XDG_STATE_HOME']
  return join(local || join(homedir(), '.local', 'state'), 'gantry', 'records')
}
