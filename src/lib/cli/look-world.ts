import type {Estate} from '../config/estate.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import type {Context} from './context.ts'
import {awsEnvironment} from './environment.ts'
import {stdinReader} from './stdin.ts'

/** What looking at registries takes from the world around a command. */
export interface LookWorld {
  readonly estate: Estate
  readonly aws: AwsEnvironment
  /** Region of the default identity's registry, where there is no repos.yaml. */
  readonly region: string | undefined
  readonly readStdin: (maximumBytes: number) => Promise<Buffer>
}

/** @throws what reading repos.yaml and `awsEnvironment` throw. */
export async function lookWorld(context: Context): Promise<LookWorld> {
  return {
    estate: await context.estate(),
    aws: await awsEnvironment(context),
    region: context.region,
    readStdin: stdinReader(context.stdin),
  }
}
