/** What every policy of IAM's grammar has in common as a resource, whatever it is attached to. Live is its text. */
import {formatPath} from '../../config/problems.ts'
import type {PolicySetting} from '../../config/settings.ts'
import type {Json} from '../../plan/canonical.ts'
import type {Wanted} from '../resource.ts'
import {
  canonicalHead,
  canonicalStatement,
  defaultVersion,
  hasVariable,
  meaningOf,
  sidOf,
} from './canonical.ts'
import {documentOf, type PolicyDocument, printDocument, type Statement} from './document.ts'
import {mergePolicy} from './merge.ts'
import {describeStatement, pathsOf} from './names.ts'
import {statementMembers} from './shape.ts'

/** Characters that ECR takes of a policy of a registry or a repository (API reference, SetRepositoryPolicy). */
const mostCharacters = 10_240

/**
 * What the text of a policy is to be: what others wrote stays in it as they wrote it. The text that is there when it means
 * what it should.
 *
 * @param setting null for none at all.
 * @param live null when there is none.
 */
export function desiredPolicy(setting: PolicySetting | null, live: string | null): Wanted<string> {
  if (setting === null) return {state: null, foreign: [], notes: []}
  const wantedOf = wanted.get(setting) ?? new Map<string | null, Wanted<string>>()
  wanted.set(setting, wantedOf)
  const before = wantedOf.get(live)
  if (before !== undefined) return before
  const made = desireAnew(setting, live)
  if (wantedOf.size >= mostWanted) wantedOf.clear()
  wantedOf.set(live, made)
  return made
}

/** What repos.yaml says of a policy; statements with members that it does not know are left to others. */
export function exportPolicy(text: string): PolicySetting {
  const {head, statements} = documentOf(text)
  const {Version: version, Id: id} = head as {readonly Version?: string; readonly Id?: string}
  return {
    ...(version !== undefined && {version}),
    ...(id !== undefined && {id}),
    statements: statements.map(canonicalStatement).filter(isSayable),
  }
}

/** As {@link exportPolicy}; undefined when that would not be all of its statements. */
export function exportWhole(text: string): PolicySetting | undefined {
  return documentOf(text).statements.every(isSayable) ? exportPolicy(text) : undefined
}

/** Repositories of which the same is said share one setting, and mostly one policy. */
const wanted = new WeakMap<PolicySetting, Map<string | null, Wanted<string>>>()
const mostWanted = 2000

function desireAnew(setting: PolicySetting, live: string | null): Wanted<string> {
  const document = live === null ? null : documentOf(live)
  const {document: made, foreign} = mergePolicy(setting, document)
  const state = isUntouched(made, document) ? live : made && printDocument(made)
  const blocked = state === live ? undefined : tooLong(state)
  return {
    state,
    foreign: foreign.map(describeStatement),
    notes:
      made === null
        ? []
        : [
            ...deletedIdentities(made),
            ...leftBehind(setting, document, foreign),
            ...plainVariables(setting, made),
          ],
    ...(blocked !== undefined && {blocked}),
  }
}

/** Merging leaves what means the same as it was. */
function isUntouched(made: PolicyDocument | null, live: PolicyDocument | null): boolean {
  if (made === null || live === null) return made === live
  if (made.head !== live.head || made.statements.length !== live.statements.length) return false
  return made.statements.every((statement, index) => statement === live.statements[index])
}

function tooLong(text: string | null): string | undefined {
  if (text === null || text.length <= mostCharacters) return undefined
  const [has, most] = [text.length, mostCharacters].map(number => number.toLocaleString('en-US'))
  return `The policy would have ${has} characters, and ECR takes ${most}. Say it in fewer statements, for example of an organization instead of accounts.`
}

/** IAM puts the unique id of a deleted user or role where its ARN was (IAM user guide, "AWS JSON policy elements: Principal"). */
function deletedIdentities({statements}: PolicyDocument): readonly string[] {
  const paths = pathsOf(statements)
  return statements.flatMap((statement, index) => {
    const {Principal, NotPrincipal} = canonicalStatement(statement)
    const ids = [Principal, NotPrincipal]
      .flatMap(identitiesOf)
      .filter(id => /^A(?:ID|RO)A[A-Z0-9]+$/.test(id))
    return ids.map(
      id =>
        `${formatPath(paths[index] ?? [])}: ${id} is what IAM makes of a user or role that was deleted. It stays; nobody can act as it.`,
    )
  })
}

function identitiesOf(principal: Json | undefined): readonly string[] {
  const {AWS: ids = []} = (principal ?? {}) as {readonly AWS?: readonly string[]}
  return ids
}

/** A statement without a Sid that was changed in the file is a new one; the old one is anybody's. */
function leftBehind(
  {statements = []}: PolicySetting,
  live: PolicyDocument | null,
  foreign: readonly Statement[],
): readonly string[] {
  const isNew = (statement: Statement) =>
    sidOf(statement) === undefined &&
    live?.statements.every(each => meaningOf(each) !== meaningOf(statement)) === true
  if (foreign.every(each => sidOf(each) !== undefined)) return []
  if (!(statements as readonly Statement[]).some(isNew)) return []
  return [
    'A statement without a Sid is added beside those without one that are there: what was changed in the file cannot be told from what others wrote. Give statements Sids.',
  ]
}

/** Another version may give another meaning to what others wrote, so that only the file changes it. */
function plainVariables({statements = []}: PolicySetting, made: PolicyDocument): readonly string[] {
  if (canonicalHead(made)['Version'] !== defaultVersion || !statements.some(hasVariable)) return []
  return [
    `The policy is of the version ${defaultVersion}, in which variables of IAM are plain text, and the file says some: say version: "2012-10-17" beside the statements.`,
  ]
}

function isSayable(statement: Statement): boolean {
  return Object.keys(statement).every(name => statementMembers.includes(name))
}
