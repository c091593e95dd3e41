import type {ReplicationRuleSetting} from '../../config/settings.ts'
import type {LintedFile, LintedRegistry} from './file.ts'

/** A rule by which a registry replicates, and its place in the list. */
export interface LintedReplicationRule {
  readonly source: LintedRegistry
  readonly rule: ReplicationRuleSetting
  /** Among those that hold at the source. */
  readonly index: number
}

/** Where a rule leads. */
export interface LintedDestination {
  /** As the file says it. */
  readonly text: string
  readonly account: string
  readonly region: string
  /** Absent for one that is not of the file. */
  readonly registry: LintedRegistry | undefined
}

/** Every rule of every registry but those that are to go. */
export function replicationRules({registries}: LintedFile): readonly LintedReplicationRule[] {
  return registries.flatMap(source =>
    (source.settings.replication?.rules ?? []).flatMap((rule, index) =>
      rule.state === 'absent' ? [] : [{source, rule, index}],
    ),
  )
}

/** Where a rule leads: `REGION`, `ALIAS@REGION` or `ACCOUNT@REGION`. */
export function destinationsOf(
  {source, rule}: LintedReplicationRule,
  {estate, registries}: LintedFile,
): readonly LintedDestination[] {
  return rule.to.map(text => {
    const at = text.indexOf('@')
    const name = at === -1 ? source.place.alias : text.slice(0, at)
    const region = text.slice(at + 1)
    const account = at === -1 ? source.place.account : (estate.accounts.get(name)?.id ?? name)
    const registry = registries.find(({place}) => place.account === account && place.region === region)
    return {text, account, region, registry}
  })
}

/** Whether a rule means a repository: prefixes are plain text (ECR user guide, replication). */
export function replicates({prefixes = []}: ReplicationRuleSetting, repository: string): boolean {
  return prefixes.length === 0 || prefixes.some(prefix => repository.startsWith(prefix))
}
