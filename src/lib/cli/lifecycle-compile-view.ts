import {exitCodes} from '../errors.ts'
import type {CompiledPolicy, CompileOrder} from '../lifecycle/compile-run.ts'
import type {LifecyclePolicy} from '../lifecycle/policy.ts'
import {printPolicy} from '../lifecycle/policy-text.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'

export interface LifecycleCompileItem {
  readonly kind: 'repository' | 'preset' | 'file'
  /** Of the repository, the preset or the file. */
  readonly name: string
  readonly origin: string
  readonly policy: LifecyclePolicy
}

export interface LifecycleCompileResult extends CommandResult {
  readonly summary: {
    /** ECR takes 50. */
    readonly rules: number
    /** As compact JSON; ECR takes 30,720. */
    readonly characters: number
  }
  readonly items: readonly [LifecycleCompileItem]
}

/** The document of `gantry lifecycle compile --json`. @public for tools/generate-schema.ts */
export type LifecycleCompileDocument = LifecycleCompileEnvelope | ErrorEnvelope

interface LifecycleCompileEnvelope extends Envelope {
  readonly summary: LifecycleCompileResult['summary']
  readonly items: LifecycleCompileResult['items']
}

export function toLifecycleCompileResult(
  {kind, name}: CompileOrder,
  {policy, origin}: CompiledPolicy,
): LifecycleCompileResult {
  return {
    summary: {rules: policy.rules.length, characters: printPolicy(policy).length},
    items: [{kind, name, origin, policy}],
    warnings: [],
    exitCode: exitCodes.done,
  }
}

/** The policy alone, so that what is printed can be put into a file and given to ECR. */
export function viewLifecycleCompile({items: [{policy}]}: LifecycleCompileResult): string {
  return JSON.stringify(JSON.parse(printPolicy(policy)), undefined, 2)
}
