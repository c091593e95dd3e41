/** What ties the values of registries' settings to each other and to the rest of the file. */

import {regionsOf, unknownAccount, unknownPlace} from './account-names.ts'
import {accountIdPattern, regionPattern} from './aws-names.ts'
import {checkUnique, elementsOf, type Mapping, mappingOf, type Report} from './check-parts.ts'
import {replicationKey} from './merge.ts'
import {checkPolicy, checkStatements} from './policy-setting-checks.ts'
import {type Path, show} from './problems.ts'
import {checkArn, checkEmpty, type FileData} from './settings-checks.ts'
import {templatePrefix} from './template-levels.ts'

export function checkRegistries(file: FileData, report: Report): void {
  const {data, accounts, presets} = file
  for (const key of Object.keys(mappingOf(data['overlays'])))
    checkKey(key, ['overlays', key], accounts, report)
  const registries = mappingOf(data['registries'])
  for (const key of Object.keys(registries)) {
    if (key !== '*') checkKey(key, ['registries', key], accounts, report)
    checkVia(key, accounts, report)
    checkRegistry(mappingOf(registries[key]), key, file, report)
  }
  for (const name of Object.keys(presets)) {
    const path = ['presets', 'policy', name]
    const preset = mappingOf(presets[name])
    if (Object.keys(preset).length === 0 && presets[name] === preset)
      report(path, 'is empty. Write statements.')
    checkStatements(preset['statements'], [...path, 'statements'], file.root, report)
  }
}

function checkRegistry(registry: Mapping, key: string, file: FileData, report: Report): void {
  const path = ['registries', key]
  const {root, accounts} = file
  for (const name of ['policy', 'scanning', 'replication', 'signing'])
    checkEmpty(registry, name, path, root, report)
  for (const name of ['pullThroughCache', 'creationTemplates', 'pullTimeExclusions']) {
    const entries = mappingOf(registry[name])
    for (const entry of Object.keys(entries)) checkEmpty(entries, entry, [...path, name], root, report)
    if (name !== 'pullTimeExclusions') checkPrefixes(entries, [...path, name], report)
  }
  checkPolicy(registry['policy'], [...path, 'policy'], file, report)
  const scanning = mappingOf(registry['scanning'])
  for (const list of ['continuous', 'onPush'])
    checkUnique(scanning[list], [...path, 'scanning', list], report)
  checkReplication(
    mappingOf(registry['replication'])['rules'],
    [...path, 'replication', 'rules'],
    accounts,
    report,
  )
  checkSigning(mappingOf(registry['signing'])['rules'], key, accounts, report)
  for (const [prefix, rule] of Object.entries(mappingOf(registry['pullThroughCache']))) {
    for (const name of ['credential', 'role']) {
      checkArn(mappingOf(rule)[name], [...path, 'pullThroughCache', prefix, name], key, accounts, report)
    }
  }
  for (const arn of Object.keys(mappingOf(registry['pullTimeExclusions']))) {
    checkArn(arn, [...path, 'pullTimeExclusions', arn], key, accounts, report, 'key')
  }
}

function checkKey(key: string, path: Path, accounts: Mapping, report: Report): void {
  const wrong = unknownPlace(key, accounts)
  if (wrong !== undefined) report(path, wrong, 'key')
}

function checkVia(key: string, accounts: Mapping, report: Report): void {
  const [alias = ''] = key.split('@')
  const via = Object.hasOwn(accounts, alias) ? mappingOf(accounts[alias])['via'] : undefined
  if (typeof via !== 'string') return
  const text = `${show(alias)} is used by the credentials of ${show(via)}, and a registry tells its settings to its own account alone. Give the account credentials of its own, or take this out.`
  report(['registries', key], text, 'key')
}

/** `prod` and `prod/` are the same. */
function checkPrefixes(entries: Mapping, path: Path, report: Report): void {
  const seen = new Map<string, string>()
  for (const key of Object.keys(entries)) {
    const twin = seen.get(templatePrefix(key))
    if (twin !== undefined) report([...path, key], `means the same as ${show(twin)}. Keep one.`, 'key')
    seen.set(templatePrefix(key), key)
  }
}

function checkReplication(rules: unknown, path: Path, accounts: Mapping, report: Report): void {
  const seen = new Set<string>()
  for (const [index, value] of elementsOf(rules).entries()) {
    const rule = mappingOf(value)
    if (value !== rule) continue
    const at = [...path, index]
    const prefixes = elementsOf(rule['prefixes']).filter(prefix => typeof prefix === 'string')
    checkUnique(rule['prefixes'], [...at, 'prefixes'], report)
    const key = replicationKey({prefixes})
    if (seen.has(key)) {
      const what =
        prefixes.length === 0 ? 'is another rule for all repositories' : `is another rule for ${show(key)}`
      report(at, `${what}. Keep one, with all its destinations.`)
    }
    seen.add(key)
    if ('state' in rule) {
      if ('to' in rule) report([...at, 'to'], besideAbsent, 'key')
      continue
    }
    if (!('to' in rule)) report(at, '"to" is missing. Add to: [us-west-2].', 'key', 'to')
    checkUnique(rule['to'], [...at, 'to'], report)
    for (const [place, to] of elementsOf(rule['to']).entries()) {
      const wrong = typeof to === 'string' ? wrongDestination(to, accounts) : undefined
      if (wrong !== undefined) report([...at, 'to', place], wrong)
    }
  }
}

const besideAbsent = 'stands beside state: absent, which removes the rule. Keep one of the two.'

function wrongDestination(to: string, accounts: Mapping): string | undefined {
  // What stands for a variable is known where it is used.
  if (to.includes('${')) return undefined
  const [account = '', region] = to.split('@')
  if (region !== undefined) {
    if (!accountIdPattern.test(account)) return unknownPlace(to, accounts)
    return regionPattern.test(region)
      ? undefined
      : `${show(region)} is not an AWS region. Write one as in ${account}@eu-west-1.`
  }
  if (Object.hasOwn(accounts, to)) {
    const example = regionsOf(mappingOf(accounts[to]))[0] ?? 'eu-west-1'
    return `${show(to)} is an account, and a destination has a region. Write ${to}@${example}.`
  }
  if (regionPattern.test(to)) return undefined
  return `${unknownAccount(to, accounts)} A destination is a region, or an account with a region: prod@eu-west-1.`
}

function checkSigning(rules: unknown, key: string, accounts: Mapping, report: Report): void {
  const seen = new Set<unknown>()
  for (const [index, value] of elementsOf(rules).entries()) {
    const rule = mappingOf(value)
    const {profile} = rule
    const at = ['registries', key, 'signing', 'rules', index]
    if (typeof profile === 'string') {
      if (seen.has(profile))
        report([...at, 'profile'], 'is given twice. Keep one, with all its repositories.')
      seen.add(profile)
      checkArn(profile, [...at, 'profile'], key, accounts, report)
      checkRegionOfProfile(profile, [...at, 'profile'], key, report)
    }
    checkUnique(rule['repositories'], [...at, 'repositories'], report)
    if ('state' in rule && 'repositories' in rule) report([...at, 'repositories'], besideAbsent, 'key')
  }
}

/** ECR user guide, managed signing: the profile is in the region of the registry. */
function checkRegionOfProfile(profile: string, path: Path, key: string, report: Report): void {
  const [, , , region = ''] = profile.split(':')
  const [, own] = key.split('@')
  if (own === undefined || !regionPattern.test(region) || region === own) return
  report(path, `is of ${region}, the registry is in ${own}. Name a profile of ${own}.`)
}
