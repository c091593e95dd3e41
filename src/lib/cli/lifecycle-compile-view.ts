import {exitCodes} from '../errors.ts'
import type {CompiledPolicy} from '../lifecycle/compile-run.ts'
import {printPolicy} from '../lifecycle/policy-text.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'
import {ruleText} from './lifecycle-plan-words.ts'
import type {Style} from './style.ts'
import {count} from './text.ts'

export interface LifecycleCompileSummary {
  readonly policies: number
  /** Of the policy that has the most; ECR takes 50. */
  readonly rules: number
  /** Of the policy that has the most, as compact JSON; ECR takes 30,720. */
  readonly characters: number
}

export interface LifecycleCompileResult extends CommandResult {
  readonly summary: LifecycleCompileSummary & CommandResult['summary']
  readonly items: readonly CompiledPolicy[]
}

/** The document of `gantry lifecycle compile --json`. @public for tools/generate-schema.ts */
export type LifecycleCompileDocument = LifecycleCompileEnvelope | ErrorEnvelope

interface LifecycleCompileEnvelope extends Envelope {
  readonly summary: LifecycleCompileSummary & Envelope['summary']
  readonly items: LifecycleCompileResult['items']
}

export function toLifecycleCompileResult(items: readonly CompiledPolicy[]): LifecycleCompileResult {
  const policies = items.flatMap(({policy}) => policy ?? [])
  return {
    summary: {
      policies: policies.length,
      rules: Math.max(0, ...policies.map(({rules}) => rules.length)),
      characters: Math.max(0, ...policies.map(policy => printPolicy(policy).length)),
    },
    items,
    warnings: [],
    exitCode: exitCodes.done,
  }
}

/** One policy alone, so that what is printed can be put into a file and given to ECR. */
export function viewLifecycleCompile({items}: LifecycleCompileResult): string {
  const [policy] = items.flatMap(item => item.policy ?? [])
  return policy === undefined ? '' : JSON.stringify(JSON.parse(printPolicy(policy)), undefined, 2)
}

/** All policies, for people: what each is for, and its rules in words. */
export function viewLifecyclePolicies({items}: LifecycleCompileResult, style: Style): string {
  return items.map(item => viewPolicy(item, style)).join('\n\n')
}

function viewPolicy({kind, name, at, policy, origin}: CompiledPolicy, style: Style): string {
  const place = at === undefined ? '' : ` at ${at}`
  const title = style.strong(`${kind === 'defaults' ? kind : `${kind} ${name}`}${place}`)
  if (policy === null) return `${title} (${origin}): no policy`
  const size = `${count(policy.rules.length, 'rule')}, ${count(printPolicy(policy).length, 'character')}`
  return [`${title} (${origin}): ${size}`, ...policy.rules.map(rule => `  ${ruleText(rule)}`)].join('\n')
}
