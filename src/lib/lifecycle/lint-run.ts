import {readFile} from 'node:fs/promises'
import type {Estate} from '../config/estate.ts'
import {ConfigError} from '../config/problems.ts'
import {decodeText} from '../config/text.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import type {InventorySource} from '../ecr/inventory/model.ts'
import {isUnreadable, type UnreadableRepository} from '../ecr/inventory/model.ts'
import {BugError, type ExitCode, exitCodes, GantryError} from '../errors.ts'
import type {RegistryContext} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import {desiredPolicy} from './desired.ts'
import {type LintFinding, type Severity, severities} from './lint/finding.ts'
import {lintPolicyText, unreadableFile} from './lint/policy-file.ts'
import {lintRepository} from './lint/repository.ts'
import {lintRules} from './lint/rules.ts'
import {lintTemplates, type Replication, readReplication} from './lint/settings.ts'
import type {LintContext, LintRule} from './lint/subject.ts'
import {storageRates} from './storage-cost.ts'

/** What `gantry lifecycle lint` was asked for. */
export interface LintOrder {
  /** `[ALIAS/]REPOSITORY`, hosts or patterns; none for every repository, or for none beside policy files. */
  readonly words: readonly string[]
  /** `ALIAS[@REGION]`; none for all that the words mean. */
  readonly accounts: readonly string[]
  /** Policy files. */
  readonly files: readonly string[]
  /** File of a recorded inventory: then no registry is asked. */
  readonly inventory: string | undefined
  /** How many releases must be there to go back to. */
  readonly rollbackDepth: number
  /** The least severity that makes the gate say no. */
  readonly failOn: Severity
  /** Requests in flight at each registry. */
  readonly concurrency: number
}

export interface LintWorld {
  readonly estate: Estate
  /** Asked for where registries are looked at, and only then. */
  readonly aws: () => Promise<AwsEnvironment>
  /** Region of the default identity's registry, where there is no repos.yaml. */
  readonly region: string | undefined
}

export interface LintRun {
  /** Those of files first, then by repository; last those of templates. */
  readonly findings: readonly LintFinding[]
  /** Everything that was looked for in policies that ECR takes. */
  readonly rules: readonly Pick<LintRule, 'code' | 'severity' | 'summary'>[]
  /** Repositories of which nothing can be said. */
  readonly unread: readonly UnreadableRepository[]
  readonly files: number
  readonly repositories: number
  readonly warnings: readonly string[]
  readonly callers: readonly Caller[]
  /** 3 when a finding is at least as severe as `failOn`; else 4 when repositories could not be read; else 0. */
  readonly exitCode: ExitCode
}

/**
 * Finds what is doubtful about the policies of files and of repositories. Changes nothing.
 *
 * @throws what opening registries or an inventory throws; {DeniedError} when a registry does not tell its settings.
 */
export async function runLint(order: LintOrder, world: LintWorld): Promise<LintRun> {
  const context = {rollbackDepth: order.rollbackDepth, rates: storageRates(world.estate.prices.storage)}
  const ofFiles = await Promise.all(order.files.map(file => lintFile(file, context)))
  const {files, words, accounts, inventory} = order
  const isOffline = files.length > 0 && words.length === 0 && accounts.length === 0 && inventory === undefined
  const looked = isOffline ? nothing : await lintRepositories(order, world, context)
  const findings = [...ofFiles.flat(), ...looked.findings]
  return {
    ...looked,
    findings,
    rules: lintRules.map(({code, severity, summary}) => ({code, severity, summary})),
    files: order.files.length,
    exitCode: exitCodeOf(findings, looked.unread, order.failOn),
  }
}

type Looked = Omit<LintRun, 'rules' | 'files' | 'exitCode'>

const nothing: Looked = {findings: [], unread: [], repositories: 0, warnings: [], callers: []}

async function lintFile(file: string, context: LintContext): Promise<readonly LintFinding[]> {
  try {
    return lintPolicyText(decodeText(await readFile(file), file), file, context)
  } catch (error) {
    if (error instanceof ConfigError) return [unreadableFile(file, error.message)]
    const {code, syscall} = error as NodeJS.ErrnoException
    if (syscall === undefined || code === undefined) throw error
    return [unreadableFile(file, code)]
  }
}

async function lintRepositories(order: LintOrder, world: LintWorld, context: LintContext): Promise<Looked> {
  const {words, accounts, inventory, concurrency} = order
  if (inventory !== undefined) {
    const {recordedInventory} = await import('../ecr/inventory/file.ts')
    const source = await recordedInventory(inventory, words)
    // Settings of registries are not recorded.
    const looked = await lintAll(source, world, context, () => [])
    return {...looked, callers: source.callers}
  }
  const [{openRegistries}, {liveInventory}, aws] = await Promise.all([
    import('../ecr/inventory/registries.ts'),
    import('../ecr/inventory/live.ts'),
    world.aws(),
  ])
  const {now, signal, wait} = aws
  const registryContext: RegistryContext = {
    now,
    signal,
    ...(wait === undefined ? {} : {wait}),
    concurrency,
    retryForMs,
    onEvent: () => {},
  }
  const open = await openRegistries(words, world.estate, {
    environment: aws,
    context: registryContext,
    access: 'look',
    accounts,
    region: world.region,
  })
  try {
    const looked = await lintAll(
      liveInventory(open, registryContext),
      world,
      context,
      await readReplication(open),
    )
    const templates = await Promise.all(open.registries.map(registry => lintTemplates(registry, context)))
    return {
      ...looked,
      findings: [...looked.findings, ...templates.flat()],
      warnings: [...open.warnings, ...looked.warnings],
      callers: open.callers,
    }
  } finally {
    open.close()
  }
}

const retryForMs = 10 * 60_000

/** One repository after the other: what was found is kept, the images are not. */
async function lintAll(
  source: InventorySource,
  {estate}: LintWorld,
  context: LintContext,
  replicationInto: Replication,
): Promise<Looked> {
  const findings: LintFinding[] = []
  const unread: UnreadableRepository[] = []
  const warnings: string[] = []
  let repositories = 0
  for await (const repository of source.repositories()) {
    repositories += 1
    if (isUnreadable(repository)) {
      unread.push(repository)
      continue
    }
    const {registry, name} = repository
    try {
      const replicatedFrom = replicationInto(registry.host, name)
      const found = await lintRepository(repository, desiredPolicy(estate, registry, name), source, {
        ...context,
        replicatedFrom,
      })
      findings.push(...found.findings)
      warnings.push(...found.warnings)
    } catch (error) {
      if (!(error instanceof GantryError) || error instanceof BugError || error instanceof ConfigError)
        throw error
      unread.push({registry, name, error})
    }
  }
  return {findings, unread, repositories, warnings, callers: []}
}

function exitCodeOf(
  findings: readonly LintFinding[],
  unread: readonly UnreadableRepository[],
  failOn: Severity,
): ExitCode {
  const least = severities.indexOf(failOn)
  if (findings.some(({severity}) => severities.indexOf(severity) <= least)) return exitCodes.gateSaidNo
  return unread.length > 0 ? exitCodes.partial : exitCodes.done
}
