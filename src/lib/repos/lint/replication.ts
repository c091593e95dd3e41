import {replicationKey} from '../../config/merge.ts'
import {show} from '../../config/problems.ts'
import {type LintedFile, namesOf} from './file.ts'
import type {ReposDoubt, ReposLintRule} from './finding.ts'
import {destinationsOf, type LintedReplicationRule, replicationRules as rulesOf} from './routes.ts'
import {quoted} from './words.ts'

/** What replication rules say by themselves, and beside each other. */
export const replicationRules: readonly ReposLintRule[] = [
  {
    code: 'prefix-without-slash',
    severity: 'note',
    summary: 'A prefix of replication ends within a name, so that it fits others, too.',
    check: file => rulesOf(file).flatMap(rule => openPrefixes(rule, file)),
  },
  {
    code: 'overlapping-replication',
    severity: 'warning',
    summary: 'Two replication rules lead the same repositories to the same destination.',
    check: overlaps,
  },
  {
    code: 'replication-chain',
    severity: 'warning',
    summary: 'A destination replicates the same repositories further, which replication does not do.',
    check: chains,
  },
]

function openPrefixes(linted: LintedReplicationRule, {estate}: LintedFile): readonly ReposDoubt[] {
  const {source, rule} = linted
  const names = [...namesOf(estate)]
  return (rule.prefixes ?? [])
    .filter(prefix => !prefix.endsWith('/'))
    .map(prefix => {
      const others = names.filter(name => name.startsWith(prefix) && !isWithin(name, prefix))
      const evidence = others.length === 0 ? '' : `, ${quoted(others)} here`
      return {
        at: spotOfRule(linted),
        registry: source.label,
        message: `The prefix ${show(prefix)} is plain text: it fits ${show(`${prefix}-x/app`)}, too${evidence}.`,
        fix: `Write ${show(`${prefix}/`)} for what is below ${prefix}.`,
        ...(others.length === 0 ? {} : {severity: 'warning' as const}),
      }
    })
}

function isWithin(name: string, prefix: string): boolean {
  return name === prefix || name.startsWith(`${prefix}/`)
}

function overlaps(file: LintedFile): readonly ReposDoubt[] {
  const rules = rulesOf(file)
  return rules.flatMap(linted =>
    rules
      .filter(({source, index}) => source === linted.source && index < linted.index)
      .flatMap(earlier => {
        const common = commonPrefix(earlier, linted)
        const known = new Set(destinationsOf(earlier, file).map(keyOf))
        const shared = destinationsOf(linted, file).filter(each => known.has(keyOf(each)))
        if (common === undefined || shared.length === 0) return []
        return [
          {
            at: spotOfRule(linted),
            registry: linted.source.label,
            message: `It leads ${common === '' ? 'everything' : `what begins with ${show(common)}`} to ${shared.map(({text}) => text).join(', ')}, as the rule of ${replicationKey(earlier.rule)} does already.`,
            fix: 'Name each repository in one rule, with all of its destinations.',
          },
        ]
      }),
  )
}

/** A prefix of which both rules mean everything; undefined where they have nothing in common. */
function commonPrefix(one: LintedReplicationRule, other: LintedReplicationRule): string | undefined {
  for (const first of one.rule.prefixes ?? [''])
    for (const second of other.rule.prefixes ?? ['']) {
      if (first.startsWith(second)) return first
      if (second.startsWith(first)) return second
    }
  return undefined
}

/** ECR user guide, replication: what arrives by replication is not replicated again. */
function chains(file: LintedFile): readonly ReposDoubt[] {
  const rules = rulesOf(file)
  return rules.flatMap(linted =>
    destinationsOf(linted, file).flatMap(({registry}) =>
      rules
        .filter(({source}) => source === registry)
        .flatMap(next => {
          const direct = new Set(
            rules
              .filter(({source}) => source === linted.source)
              .filter(each => commonPrefix(each, next) !== undefined)
              .flatMap(each => destinationsOf(each, file).map(keyOf)),
          )
          const own = keyOf({account: linted.source.place.account, region: linted.source.place.region})
          const lost = destinationsOf(next, file).filter(
            each => keyOf(each) !== own && !direct.has(keyOf(each)),
          )
          const common = commonPrefix(linted, next)
          if (common === undefined || lost.length === 0) return []
          return [
            {
              at: spotOfRule(next),
              registry: next.source.label,
              message: `What ${linted.source.label} replicates to ${next.source.label} does not go on to ${lost.map(({text}) => text).join(', ')}: replication is not chained.`,
              fix: `Add ${lost.map(({account, region}) => `${account}@${region}`).join(', ')} to the rule of ${linted.source.label}.`,
            },
          ]
        }),
    ),
  )
}

function keyOf({account, region}: {readonly account: string; readonly region: string}): string {
  return `${account}@${region}`
}

export function spotOfRule({source, rule}: LintedReplicationRule) {
  return source.spot('replication', 'rules', replicationKey(rule))
}
