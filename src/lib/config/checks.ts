/**
 * What ties one value of `repos.yaml` to another. These checks look at the values as they were read, right or wrong, so
 * that a file with faults of both kinds shows them all at once; a value of the wrong type is the schema's to refuse.
 */
import {regionsOf, unknownAccount} from './account-names.ts'
import {accountIdPattern, parseRoleArn, partitionOfRegion} from './aws-names.ts'
import {checkUnique, elementsOf, type Mapping, mappingOf, type Report, reporter} from './check-parts.ts'
import type {Entry} from './document.ts'
import {checkGates} from './gates-checks.ts'
import {checkLifecycles} from './lifecycle/repository-checks.ts'
import {type Path, type Problem, show} from './problems.ts'
import {checkRegistries} from './registries-checks.ts'
import {checkSettings, type FileData} from './settings-checks.ts'

export function crossCheck(data: unknown, root: Entry): Problem[] {
  const problems: Problem[] = []
  const report = reporter(root, problems)
  const accounts = mappingOf(mappingOf(data)['accounts'])
  for (const alias of Object.keys(accounts)) {
    const account = mappingOf(accounts[alias])
    checkRegions(account, ['accounts', alias], report)
    checkRole(account, ['accounts', alias], report)
    checkVia(accounts, alias, report)
  }
  const promotions = mappingOf(mappingOf(data)['promotions'])
  for (const name of Object.keys(promotions)) checkRoute(mappingOf(promotions[name]), name, accounts, report)
  checkGates(mappingOf(data), report)
  const policies = mappingOf(mappingOf(mappingOf(data)['presets'])['policy'])
  const file: FileData = {data: mappingOf(data), root, accounts, presets: policies}
  checkSettings(file, report)
  checkRegistries(file, report)
  return [...problems, ...checkLifecycles(mappingOf(data), root)]
}

function checkRegions(account: Mapping, path: Path, report: Report): void {
  if ('region' in account && 'regions' in account) {
    report([...path, 'regions'], 'stands beside region. Keep one of the two.', 'key')
  }
  if (!('region' in account || 'regions' in account)) {
    report(
      path,
      '"region" is missing. Add region: eu-west-1, or regions: [eu-west-1, us-east-1].',
      'key',
      'region',
    )
  }
  checkUnique(account['regions'], [...path, 'regions'], report)
  const [first, ...others] = regionsOf(account)
  if (first === undefined) return
  const stranger = others.find(region => partitionOfRegion(region) !== partitionOfRegion(first))
  if (stranger !== undefined) {
    const text = `${stranger} is in the partition ${partitionOfRegion(stranger)}, ${first} in ${partitionOfRegion(first)}. An account is in one.`
    report([...path, 'regions'], text)
  }
}

function checkRole(account: Mapping, path: Path, report: Report): void {
  const role = account['role']
  const details = mappingOf(role)
  const arn = typeof role === 'string' ? role : details['arn']
  const arnPath = typeof role === 'string' ? [...path, 'role'] : [...path, 'role', 'arn']
  const parsed = typeof arn === 'string' ? parseRoleArn(arn) : undefined
  const id = account['id']
  if (parsed && typeof id === 'string' && accountIdPattern.test(id) && parsed.account !== id) {
    report(arnPath, `the role is of account ${parsed.account}, the id says ${id}. Correct one of the two.`)
  }
  const [region] = regionsOf(account)
  if (parsed && region !== undefined && parsed.partition !== partitionOfRegion(region)) {
    const wanted = partitionOfRegion(region)
    report(
      arnPath,
      `the role is of the partition ${parsed.partition}, ${region} is in ${wanted}. Write arn:${wanted}:iam.`,
    )
  }
  if (!('webIdentityTokenFile' in details)) return
  const tokenPath = [...path, 'role', 'webIdentityTokenFile']
  if ('profile' in account)
    report(tokenPath, 'the token is the identity, and so is profile. Keep one of the two.', 'key')
  if ('externalId' in details) {
    report(tokenPath, 'a role that is assumed by a token takes no externalId. Keep one of the two.', 'key')
  }
}

function checkVia(accounts: Mapping, alias: string, report: Report): void {
  const account = mappingOf(accounts[alias])
  const via = account['via']
  const path = ['accounts', alias, 'via']
  for (const other of ['profile', 'role'].filter(key => 'via' in account && key in account)) {
    report(
      path,
      `stands beside ${other}, and each says whose credentials to use. Keep one of the two.`,
      'key',
    )
  }
  if (typeof via !== 'string') return
  if (via === alias) report(path, 'names the account itself. Name the account whose credentials to use.')
  else if (!Object.hasOwn(accounts, via)) report(path, unknownAccount(via, accounts))
  else if ('via' in mappingOf(accounts[via])) {
    report(path, `${show(via)} has no credentials of its own. Name the account that has them.`)
  }
}

function checkRoute(promotion: Mapping, name: string, accounts: Mapping, report: Report): void {
  const path = ['promotions', name]
  const from = promotion['from']
  if (typeof from === 'string' && !Object.hasOwn(accounts, from)) {
    report([...path, 'from'], unknownAccount(from, accounts))
  }
  const to = promotion['to']
  checkUnique(to, [...path, 'to'], report)
  for (const [index, alias] of elementsOf(to).entries()) {
    if (typeof alias !== 'string') continue
    if (!Object.hasOwn(accounts, alias)) report([...path, 'to', index], unknownAccount(alias, accounts))
    else if (alias === from)
      report([...path, 'to', index], `${show(alias)} is where the images come from. Name another account.`)
  }
}
