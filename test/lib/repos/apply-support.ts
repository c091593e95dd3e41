import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Estate} from '../../../src/lib/config/estate.ts'
import {GantryError} from '../../../src/lib/errors.ts'
import {
  defaultReposLimits,
  type ReposApplyOrder,
  type ReposApplyRun,
  type ReposApplyWorld,
} from '../../../src/lib/repos/apply-model.ts'
import {runReposApply} from '../../../src/lib/repos/apply-run.ts'
import type {ReposPlanOrder} from '../../../src/lib/repos/plan-run.ts'
import type {ReposSandbox} from '../../support/repos-world.ts'
import {planRepos} from './plan-support.ts'

/** What came of an apply: a refusal or a failure as a whole, or a run with its items. */
export type Outcome = ReposApplyRun | GantryError

const noStdin = async () => Promise.reject(new Error('nobody reads standard input'))

function around(world: ReposSandbox, estate: Estate): ReposApplyWorld {
  return {
    estate,
    aws: world.aws,
    region: undefined,
    readStdin: noStdin,
    records: join(world.folder, 'records'),
    retryForMs: 1000,
    confirm: async () => true,
    confirmDeletion: async () => true,
  }
}

/** Applies as `gantry repos apply --yes` does. */
export async function apply(
  world: ReposSandbox,
  estate: Estate,
  order: Partial<ReposApplyOrder> = {},
  others: Partial<ReposApplyWorld> = {},
): Promise<ReposApplyRun> {
  return runReposApply(
    {
      plan: undefined,
      words: [],
      accounts: [],
      protect: [],
      allowEmptyProtect: false,
      accept: [],
      limits: defaultReposLimits,
      deleteImages: false,
      record: undefined,
      dryRun: false,
      concurrency: 4,
      ...order,
    },
    {...around(world, estate), ...others},
  )
}

/** The same, with what it was refused with, or failed as a whole. */
export async function outcomeOf(run: Promise<ReposApplyRun>): Promise<Outcome> {
  try {
    return await run
  } catch (error) {
    if (error instanceof GantryError) return error
    throw error
  }
}

/** A file of what differs. */
export async function savedPlan(
  world: ReposSandbox,
  estate: Estate,
  order: Partial<ReposPlanOrder> = {},
): Promise<string> {
  const file = join(world.folder, `plan-${++plans}.json`)
  await planRepos(world, estate, {...order, out: file})
  world.clearRequests()
  return file
}

let plans = 0

/** `OUTCOME VERB PLACE` of each item. */
export function toldOf({items}: ReposApplyRun): string[] {
  return items.map(({registry, repository, verb, entry, outcome}) => {
    const place = repository === null ? registry : `${registry}/${repository}`
    return `${outcome} ${verb} ${entry === '' ? place : `${place} ${entry}`}`
  })
}

export type RecordLine = Readonly<Record<string, unknown>>

export async function recordOf({record}: ReposApplyRun): Promise<RecordLine[]> {
  const text = await readFile(record ?? '', 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as RecordLine)
}
