import {join} from 'node:path'
import {parseEstate} from '../../src/lib/config/parse.ts'
import {
  type RollbackOrder,
  type RollbackResult,
  type RollbackWorld,
  runRollback,
} from '../../src/lib/promote/rollback-run.ts'
import {dev, prod, type World} from './world.ts'

export const repos = `version: 1
accounts:
  dev: {id: "${dev.account}", region: ${dev.region}}
  prod: {id: "${prod.account}", region: ${prod.region}}
`

/** `gantry rollback RECORD --yes`, with other words, and another world around it, where they are given. */
export function rollback(
  {sandbox, folder}: World,
  of: string | null,
  words: Partial<RollbackOrder> = {},
  around: Partial<RollbackWorld> = {},
): Promise<RollbackResult> {
  const order = {of: of ?? undefined, plan: undefined, out: undefined, dryRun: false, concurrency: 8}
  return runRollback(
    {...order, record: undefined, ...words},
    {
      estate: parseEstate(repos, 'repos.yaml'),
      aws: {env: {}, sandboxUrl: sandbox.url, now: Date.now, signal: AbortSignal.timeout(60_000)},
      credentialsFor: () => Promise.resolve(undefined),
      records: join(folder, 'records'),
      onEvent: () => {},
      confirm: () => Promise.resolve(true),
      ...around,
    },
  )
}
