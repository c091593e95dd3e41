import type {PolicyDocument} from '../access/document.ts'
import type {GeneratedPolicies} from '../access/generate.ts'
import type {GeneratedPolicy, PolicyKind} from '../access/model.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import {toSafeJson} from './escape.ts'

/** What `gantry iam policy` returns. */
export interface IamPolicyResult extends CommandResult {
  readonly summary: {
    /** The commands that the policies are for. */
    readonly commands: readonly string[]
    readonly policies: number
    /** The longest policy's length without white space; a managed policy has room for 6144. */
    readonly longest: number
  }
  readonly items: readonly IamPolicyItem[]
}

export interface IamPolicyItem extends GeneratedPolicy {
  /** The file that it was written to. */
  readonly file: string | null
}

/** The document of `gantry iam policy --json`. @public for tools/generate-schema.ts */
export type IamPolicyDocument = IamPolicyEnvelope | ErrorEnvelope

interface IamPolicyEnvelope extends Envelope {
  readonly summary: IamPolicyResult['summary']
  readonly items: IamPolicyResult['items']
}

/** @param files of the policies, in their order; none where none was written. */
export function toIamPolicyResult(
  commands: readonly string[],
  {policies, warnings}: GeneratedPolicies,
  files: readonly string[],
): IamPolicyResult {
  return {
    summary: {
      commands,
      policies: policies.length,
      longest: Math.max(0, ...policies.map(({characters}) => characters)),
    },
    items: policies.map((policy, index) => ({...policy, file: files[index] ?? null})),
    warnings,
    exitCode: 0,
  }
}

/** What a policy is for decides under which key of the printed document it is. */
const groups: readonly (readonly [PolicyKind, string])[] = [
  ['identity', 'identities'],
  ['assume-role', 'assumeRoles'],
  ['repository', 'repositories'],
  ['registry', 'registries'],
]

/** The one policy as IAM takes it, or all of them by what they are for and whom. */
export function viewIamPolicy({items}: IamPolicyResult, isOne: boolean): string {
  if (items.some(({file}) => file !== null)) {
    return items.map(({file, attachTo}) => `${file ?? ''}  for ${attachTo}`).join('\n')
  }
  const [first] = items
  if (isOne && first !== undefined) return toSafeJson(first.policy)
  const document = groups.flatMap(([kind, key]): [string, Readonly<Record<string, PolicyDocument>>][] => {
    const group = items.filter(item => item.kind === kind)
    return group.length === 0
      ? []
      : [[key, Object.fromEntries(group.map(({name, policy}) => [name, policy]))]]
  })
  return toSafeJson(Object.fromEntries(document))
}
