import type {ImageEvidence, PlatformEvidence} from './evidence.ts'
import type {Finding} from './finding.ts'
import {type ImageProduct, meansImage, meansPackage} from './vex/match.ts'
import type {VexProduct, VexStatement} from './vex/model.ts'

/** By the name of the vulnerability, what documents say of it. */
export type VexStatements = ReadonlyMap<string, readonly VexStatement[]>

export function vexStatementsOf(statements: readonly VexStatement[]): VexStatements {
  const byName = new Map<string, VexStatement[]>()
  for (const statement of statements) {
    for (const name of new Set(statement.vulnerabilities)) {
      const same = byName.get(name)
      if (same === undefined) byName.set(name, [statement])
      else same.push(statement)
    }
  }
  return byName
}

/**
 * Reads OpenVEX documents.
 *
 * @param cwd that their names are taken from.
 * @throws {ConfigError} CONFIG_NOT_FOUND, CONFIG_UNREADABLE or INVALID_CONFIG, with the place in the file.
 */
export async function readVex(files: readonly string[], cwd: string): Promise<VexStatements> {
  if (files.length === 0) return new Map()
  const {readVexFile} = await import('./vex/read.ts')
  const read = await Promise.all(files.map(file => readVexFile(file, cwd)))
  return vexStatementsOf(read.flat())
}

/**
 * What is said of a finding: the latest of the statements that mean it. Of several of the same time, one that does not
 * take the finding out: doubt does not pass.
 */
export function statementFor(
  statements: VexStatements,
  finding: Finding,
  image: ImageEvidence,
  platform: PlatformEvidence,
): VexStatement | undefined {
  const product: ImageProduct = {
    host: image.host,
    repository: image.repository,
    tag: image.tag,
    digests: [image.digest, platform.digest],
    platform: platform.platform,
  }
  const meant = (statements.get(finding.id) ?? []).filter(({products}) =>
    products.some(one => means(one, finding, product)),
  )
  return meant.reduce<VexStatement | undefined>(
    (last, next) => (last === undefined || isStronger(next, last) ? next : last),
    undefined,
  )
}

/** Whether the vulnerability is not in the product, or not any more. */
export function takesOut({status}: VexStatement): boolean {
  return status === 'not_affected' || status === 'fixed'
}

function isStronger(next: VexStatement, last: VexStatement): boolean {
  return next.at === last.at ? takesOut(last) : next.at > last.at
}

/** A product is the image, whole or in the parts that are named, or the package itself. */
function means(product: VexProduct, finding: Finding, image: ImageProduct): boolean {
  const {subcomponents} = product
  if (!meansImage(product, image)) {
    return (
      subcomponents.length === 0 && meansPackage(product, finding.package, image.platform, 'this version')
    )
  }
  return (
    subcomponents.length === 0 ||
    subcomponents.some(part => meansPackage(part, finding.package, image.platform, 'any version'))
  )
}
