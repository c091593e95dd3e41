import type {Estate} from '../config/estate.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import {type OpenRegistry, openRegistries, type RegistriesOptions} from '../ecr/inventory/registries.ts'
import {type ExitCode, exitCodes, FailureError} from '../errors.ts'
import {type Severity, severities} from '../lifecycle/lint/finding.ts'
import {mapLimited} from '../oci/limiter.ts'
import {addTraffic, type Traffic} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import {type Destinations, destinationsOf} from './destinations.ts'
import {type Ends, failureOf} from './ends.ts'
import type {RouteFinding} from './lint/finding.ts'
import {joinFindings, lintRepository} from './lint/lint.ts'
import {readFacts, readRepository, readSettings} from './lint-read.ts'
import {type Route, routesOf} from './lint-routes.ts'
import {readRules} from './sources.ts'
import {plainError, type UnknownSource} from './status-plan.ts'
import {contextOf} from './status-run.ts'

/** What `gantry replicate-lint` was asked for. */
export interface ReplicationLintOrder {
  /** `[ALIAS/]REPOSITORY` or patterns; none for all repositories. */
  readonly words: readonly string[]
  /** `ALIAS[@REGION]` or hosts of sources; none for all. */
  readonly accounts: readonly string[]
  /** The least severity that makes the gate say no. */
  readonly failOn: Severity
  /** Repositories, and requests at each registry, in flight. */
  readonly concurrency: number
}

export interface ReplicationLintWorld {
  readonly estate: Estate
  readonly aws: AwsEnvironment
  /** Region of the default identity's registry, where there is no repos.yaml. */
  readonly region: string | undefined
}

export interface ReplicationLintRun {
  /** By route, the gravest first. */
  readonly findings: readonly RouteFinding[]
  /** Pairs of registries of which rules of the one lead to the other. */
  readonly routes: number
  /** Repositories that rules lead somewhere, each once for each route. */
  readonly repositories: number
  /** Registries, routes and repositories of which nothing can be said. */
  readonly unread: readonly UnknownSource[]
  readonly callers: readonly Caller[]
  readonly warnings: readonly string[]
  readonly traffic: Traffic
  readonly durationMs: number
  /** 3 when a finding is at least as severe as `failOn`; else 4 when something could not be read; else 0. */
  readonly exitCode: ExitCode
}

/**
 * Finds what keeps copies away from the registries that replication rules lead to, or takes them again. Changes nothing.
 *
 * @throws what `openRegistries` throws; the reason of the run's end.
 */
export async function runReplicationLint(
  order: ReplicationLintOrder,
  {estate, aws, region}: ReplicationLintWorld,
): Promise<ReplicationLintRun> {
  const began = aws.now()
  const options: RegistriesOptions = {
    environment: aws,
    context: contextOf(order, aws),
    access: 'look',
    purpose: 'replication',
    accounts: order.accounts,
    region,
  }
  const ends = {signal: aws.signal, deadline: new AbortController().signal}
  const open = await openRegistries(order.words, estate, options)
  const destinations = destinationsOf(open.registries, estate, options, ends)
  try {
    const rules = await readRules(open.registries, ends)
    const {routes, unread} = routesOf(open, rules, {estate, aws, ends})
    const looked = await Promise.all(
      routes.map(route => lintRoute(route, destinations, {now: began, ends, concurrency: order.concurrency})),
    )
    const findings = joinFindings(looked.flatMap(each => each.findings))
    const allUnread = [...unread, ...looked.flatMap(each => each.unread)]
    const registries = [...open.registries, ...destinations.opened()]
    return {
      findings,
      routes: routes.length,
      repositories: routes.reduce((sum, {names}) => sum + names.length, 0),
      unread: allUnread,
      callers: [...new Map(registries.map(({caller}) => [caller.arn, caller])).values()],
      warnings: [
        ...open.warnings,
        ...(routes.length === 0 && unread.length === 0
          ? ['No replication rule leads anywhere from what was looked at.']
          : []),
      ],
      traffic: addTraffic(open.traffic(), destinations.traffic()),
      durationMs: aws.now() - began,
      exitCode: exitCodeOf(findings, allUnread, order.failOn),
    }
  } finally {
    destinations.close()
    open.close()
  }
}

interface RouteTerms {
  readonly now: number
  readonly ends: Ends
  readonly concurrency: number
}

interface LintedSoFar {
  readonly findings: readonly RouteFinding[]
  readonly unread: readonly UnknownSource[]
}

async function lintRoute(
  {source, destination, names}: Route,
  destinations: Destinations,
  {now, ends, concurrency}: RouteTerms,
): Promise<LintedSoFar> {
  const way = `${source.registry.label} → ${destination.label}`
  const unreadable = (name: string, error: unknown): UnknownSource => ({
    name,
    error: plainError(failureOf(error, ends)),
  })
  try {
    const target = await destinations.target(destination, source)
    if ('kind' in target) throw new FailureError('DESTINATION_UNREADABLE', target.reason)
    const [facts, atSource, there] = await Promise.all([
      readFacts(target),
      readSettings(source, names),
      readSettings(target, names),
    ])
    const route = {source: source.registry, destination, ...facts}
    const linted = await mapLimited(names, concurrency, async (name): Promise<LintedSoFar> => {
      const destinationSettings = there.get(name)
      try {
        const sourceSettings = atSource.get(name) ?? gone(source, name)
        const pair = {name, source, sourceSettings, destination: target, destinationSettings}
        return {findings: lintRepository(route, await readRepository(pair, facts, now)), unread: []}
      } catch (error) {
        return {findings: [], unread: [unreadable(`${way} ${name}`, error)]}
      }
    })
    return {findings: linted.flatMap(each => each.findings), unread: linted.flatMap(each => each.unread)}
  } catch (error) {
    return {findings: [], unread: [unreadable(way, error)]}
  }
}

function gone({registry}: OpenRegistry, name: string): never {
  throw new FailureError('REPOSITORY_NOT_FOUND', `${registry.label}/${name} is gone since it was listed.`)
}

function exitCodeOf(
  findings: readonly RouteFinding[],
  unread: readonly UnknownSource[],
  failOn: Severity,
): ExitCode {
  const least = severities.indexOf(failOn)
  if (findings.some(({severity}) => severities.indexOf(severity) <= least)) return exitCodes.gateSaidNo
  return unread.length > 0 ? exitCodes.partial : exitCodes.done
}
