import type {PolicySetting} from '../../config/settings.ts'
import {isSame} from '../compare.ts'
import {canonicalHead, meaningOf, sidOf} from './canonical.ts'
import type {PolicyDocument, Statement} from './document.ts'
import {pairStatements} from './pair.ts'
import type {Members} from './shape.ts'

export interface Merged {
  /** Null when nothing is left of it: ECR takes no policy without statements. */
  readonly document: PolicyDocument | null
  /** Statements of others, which stay as they were written. */
  readonly foreign: readonly Statement[]
}

/**
 * The version of policies that Gantry makes where the file names none: in the older one `${aws:...}` is plain text (IAM user
 * guide, "IAM JSON policy elements: Version").
 */
const madeVersion = '2012-10-17'

/**
 * What a policy is to be: statements of the file take the place of their twins, or come last; the others are foreign, and
 * stay unless the policy is exclusive. A statement that means what it should is left as it was written. Without a list
 * of statements, be it an empty one, exclusive means none of those that stronger levels may say, and removes nothing.
 */
export function mergePolicy(setting: PolicySetting, live: PolicyDocument | null): Merged {
  const {statements = []} = setting
  const exclusive = setting.exclusive === true && setting.statements !== undefined
  const gone = new Set(statements.filter(isAbsent).map(sidOf))
  const wanted = eachOnce(statements.filter(each => !isAbsent(each)) as readonly Statement[])
  const present = (live?.statements ?? []).filter(each => !gone.has(sidOf(each) ?? noSid))
  const twins = pairStatements(wanted, present)
  const made = new Map(twins.map((twin, index) => [twin, wanted[index]]))
  const isForeign = (index: number) => !made.has(index)

  const kept = present.flatMap((statement, index) => {
    if (isForeign(index)) return exclusive ? [] : [statement]
    const own = made.get(index) ?? statement
    return [meaningOf(own) === meaningOf(statement) ? statement : own]
  })
  const added = wanted.filter((_, index) => twins[index] === undefined)
  const all = [...kept, ...added]
  const foreign = exclusive ? [] : present.filter((_, index) => isForeign(index))
  const isGone = all.length === 0 && live?.statements.length !== 0
  return {document: isGone ? null : {head: headOf(setting, live), statements: all}, foreign}
}

/** No statement of a policy has it: those without a Sid cannot be removed by one. */
const noSid = '\0'

/** Two levels may say the same statement, which only a Sid would make one. */
function eachOnce(statements: readonly Statement[]): readonly Statement[] {
  const said = new Set<string>()
  return statements.filter(statement => {
    const meaning = meaningOf(statement)
    const isNew = sidOf(statement) !== undefined || !said.has(meaning)
    said.add(meaning)
    return isNew
  })
}

function isAbsent(statement: Readonly<Record<string, unknown>>): boolean {
  return statement['state'] === 'absent'
}

function headOf({version, id}: PolicySetting, live: PolicyDocument | null): Members {
  const said = {...(version !== undefined && {Version: version}), ...(id !== undefined && {Id: id})}
  if (live === null) return {Version: madeVersion, ...said}
  const made = {...live.head, ...said}
  return isSame(canonicalHead({...live, head: made}), canonicalHead(live)) ? live.head : made
}
