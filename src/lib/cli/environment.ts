import {homedir} from 'node:os'
import {join} from 'node:path'
import type {AwsEnvironment} from '../ecr/environment.ts'
import {readNetwork} from '../oci/network.ts'
import {createPaces} from '../oci/pace.ts'
import {wait} from '../oci/wait.ts'
import type {Context} from './context.ts'

type AwsContext = Pick<Context, 'env' | 'now' | 'signal' | 'sandboxUrl' | 'profile'>

/** What a command's context means to everything that speaks to AWS. */
export function awsEnvironment({env, now, signal, sandboxUrl, profile}: AwsContext): AwsEnvironment {
  return {
    env,
    now,
    signal,
    // A sandbox holds to the published rates when it is told to, and then they are learned.
    paces: createPaces({now, wait}, {unpublished: sandboxUrl !== undefined}),
    sandboxUrl: sandboxUrl?.origin,
    defaultProfile: profile,
    // A sandbox is on this machine, where nothing of the network matters.
    ...(sandboxUrl === undefined ? {network: readNetwork(env)} : {}),
    useFips: isTrue(env['AWS_USE_FIPS_ENDPOINT']),
    useDualstack: isTrue(env['AWS_USE_DUALSTACK_ENDPOINT']),
  }
}

/** Folder of the records of runs: the user's state, where the system has a place for it (XDG base directories). */
export function recordsFolder({env}: Pick<Context, 'env'>, platform: NodeJS.Platform): string {
  const local = platform === 'win32' ? env['LOCALAPPDATA'] : env['XDG_STATE_HOME']
  return join(local || join(homedir(), '.local', 'state'), 'gantry', 'records')
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true'
}
