import {homedir} from 'node:os'
import type {DoctorWorld} from '../doctor/run.ts'
import type {Context} from './context.ts'
import {awsEnvironment, recordsFolder} from './environment.ts'

/** What `gantry doctor` takes from the world around it: what is wrong with a part of it is that part's matter. */
export function doctorWorld(context: Context, limitMs: number): DoctorWorld {
  const {env, signal, now, region, estate} = context
  return {
    env,
    home: homedir(),
    nodeVersion: process.versions.node,
    records: recordsFolder(context, process.platform),
    estate,
    aws: () => awsEnvironment(context),
    region,
    now,
    signal,
    limitMs,
    deadlineAfter: ms => AbortSignal.timeout(ms),
  }
}
