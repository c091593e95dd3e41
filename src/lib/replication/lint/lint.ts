import {severities} from '../../lifecycle/lint/finding.ts'
import type {RouteDoubt, RouteFinding} from './finding.ts'
import {grantDoubts} from './grants.ts'
import type {LintedRepository, LintedRoute} from './route.ts'
import {settingsDoubts} from './settings.ts'
import {templateDoubts} from './templates.ts'
import {lifecycleDoubts} from './undone.ts'

/** Everything that keeps copies of a repository away from a destination, or takes them again. Pure. */
export function lintRepository(route: LintedRoute, repository: LintedRepository): readonly RouteFinding[] {
  const doubts = [
    ...grantDoubts(route, repository),
    ...templateDoubts(route, repository),
    ...settingsDoubts(route, repository),
    ...lifecycleDoubts(route, repository),
  ]
  return doubts.map(doubt => findingOf(doubt, route, repository))
}

/** What is the matter with several repositories of a route, once; the gravest of a route first. */
export function joinFindings(findings: readonly RouteFinding[]): RouteFinding[] {
  const groups = Map.groupBy(findings, ({source, destination, code, severity, message, fix}) =>
    JSON.stringify([source, destination, code, severity, message, fix]),
  )
  const joined = [...groups.values()].flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    const repositories = group.flatMap(each => each.repositories).toSorted()
    const told = group.flatMap(({evidence}) => evidence ?? [])
    const sum = (key: 'images' | 'bytes') => told.reduce((all, each) => all + each[key], 0)
    const examples = told.flatMap(each => each.examples).slice(0, 3)
    const evidence = told.length === 0 ? null : {images: sum('images'), bytes: sum('bytes'), examples}
    return [{...first, repositories, evidence}]
  })
  const routes = [...Map.groupBy(joined, ({source, destination}) => `${source} ${destination}`).values()]
  const rank = ({severity}: RouteFinding) => severities.indexOf(severity)
  return routes.flatMap(group => group.toSorted((one, other) => rank(one) - rank(other)))
}

function findingOf(
  {statement = null, evidence = null, ...doubt}: RouteDoubt,
  {source, destination}: LintedRoute,
  {name}: LintedRepository,
): RouteFinding {
  return {
    ...doubt,
    source: source.label,
    destination: destination.label,
    repositories: [name],
    statement,
    evidence,
  }
}
