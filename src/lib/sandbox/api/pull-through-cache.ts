import {EcrError} from '../ecr-error.ts'
import {openUpstream} from '../pull-through/open.ts'
import {checkRole, checkRule} from '../pull-through/rule-check.ts'
import {type Rule, requireRule, rulesOf} from '../pull-through/rules.ts'
import {readSecret} from '../pull-through/secrets.ts'
import {UpstreamError} from '../pull-through/upstream.ts'
import {requireRoom} from '../state/quotas.ts'
import type {Registry} from '../state/world.ts'
import {namespaceOf, root} from '../templates/prefix.ts'
import type {PullThroughCacheRule} from './model/ecr.ts'
import {type Call, type EcrHandlers, registryOf, seconds} from './operation.ts'
import {page, refusePaging} from './pages.ts'

export const pullThroughCacheOperations = {
  CreatePullThroughCacheRule: (call, {registryId, ...input}) => {
    const registry = registryOf(call, {...(registryId && {registryId})})
    const rules = rulesOf(registry)
    const upstreamRegistry = checkRule(call.world, registry, input)
    checkRole(registry, input.customRoleArn)
    const namespace = namespaceOf(input.ecrRepositoryPrefix)
    if (rules.has(namespace)) {
      // The wording is unconfirmed.
      throw new EcrError(
        'PullThroughCacheRuleAlreadyExistsException',
        `A pull through cache rule with prefix '${input.ecrRepositoryPrefix}' already exists in the registry with id '${registry.account}'`,
      )
    }
    requireRoom([...rules.from()].length, call.world.quotas.pullThroughCacheRules, 'pull through cache rules')
    const rule: Rule = {
      ...input,
      upstreamRegistry,
      upstreamRepositoryPrefix: input.upstreamRepositoryPrefix ?? root,
      createdAt: call.now(),
      updatedAt: call.now(),
    }
    rules.set(namespace, rule)
    const {updatedAt: _, ...described} = describe(registry, rule)
    return described
  },

  DescribePullThroughCacheRules: (call, input) => {
    const registry = registryOf(call, input)
    const prefixes = input.ecrRepositoryPrefixes
    if (prefixes !== undefined) {
      refusePaging(input, 'ecrRepositoryPrefixes')
      return {
        pullThroughCacheRules: prefixes.map(prefix => describe(registry, requireRule(registry, prefix))),
      }
    }
    const {items, ...next} = page(call, registry.account, input, from => rulesOf(registry).from(from))
    return {pullThroughCacheRules: items.map(rule => describe(registry, rule)), ...next}
  },

  UpdatePullThroughCacheRule: (call, input) => {
    const registry = registryOf(call, input)
    const before = requireRule(registry, input.ecrRepositoryPrefix)
    const {credentialArn, customRoleArn} = input
    if (credentialArn !== undefined) readSecret(call.world, registry, credentialArn)
    checkRole(registry, customRoleArn)
    const rule: Rule = {
      ...before,
      ...(credentialArn && {credentialArn}),
      ...(customRoleArn && {customRoleArn}),
      updatedAt: call.now(),
    }
    rulesOf(registry).set(namespaceOf(rule.ecrRepositoryPrefix), rule)
    return {...inShort(registry, rule), updatedAt: seconds(rule.updatedAt)}
  },

  DeletePullThroughCacheRule: (call, input) => {
    const registry = registryOf(call, input)
    const rule = requireRule(registry, input.ecrRepositoryPrefix)
    rulesOf(registry).delete(namespaceOf(rule.ecrRepositoryPrefix))
    const {upstreamRegistryUrl} = rule
    return {...inShort(registry, rule), upstreamRegistryUrl, createdAt: seconds(rule.createdAt)}
  },

  ValidatePullThroughCacheRule: async (call, input) => {
    const registry = registryOf(call, input)
    const rule = requireRule(registry, input.ecrRepositoryPrefix)
    const {upstreamRegistryUrl} = rule
    return {...inShort(registry, rule), upstreamRegistryUrl, ...(await validate(call, registry, rule))}
  },
} satisfies Partial<EcrHandlers>

/** Whether the upstream registry can be reached with the credentials of the rule. What ECR says when not is unconfirmed. */
async function validate(call: Call, registry: Registry, rule: Rule) {
  try {
    await openUpstream(call, registry, rule).check()
    return {isValid: true}
  } catch (error) {
    if (error instanceof EcrError || error instanceof UpstreamError) {
      return {isValid: false, failure: error.message}
    }
    throw error
  }
}

function describe(registry: Registry, rule: Rule): PullThroughCacheRule {
  const {upstreamRegistry, upstreamRegistryUrl, createdAt, updatedAt} = rule
  return {
    ...inShort(registry, rule),
    upstreamRegistryUrl,
    upstreamRegistry,
    createdAt: seconds(createdAt),
    updatedAt: seconds(updatedAt),
  }
}

/** The members that all answers have. */
function inShort({account}: Registry, rule: Rule) {
  const {ecrRepositoryPrefix, upstreamRepositoryPrefix, credentialArn, customRoleArn} = rule
  return {
    ecrRepositoryPrefix,
    registryId: account,
    upstreamRepositoryPrefix,
    ...(credentialArn && {credentialArn}),
    ...(customRoleArn && {customRoleArn}),
  }
}
