import {accessDenied, repositoryNotFound} from '../ecr-error.ts'
import {type Identity, type Role, roleOf} from '../identity/account.ts'
import type {Caller} from '../identity/caller.ts'
import {repositoryArn} from '../identity/partition.ts'
import type {Repository, RepositoryId} from '../state/repository.ts'
import type {World} from '../state/world.ts'
import {type Policies, whyDenied} from './decide.ts'
import type {PolicyDocument} from './document.ts'
import {registryPolicyOf} from './registry-policy.ts'
import type {AccessRequest, Tags} from './request.ts'

/** What an action is about: a repository, `*` for all of a registry's, or without `name` the registry itself. */
export interface Target {
  readonly account: string
  readonly region: string
  readonly name?: string
}

/** What a request says of tags. */
export interface AskedTags {
  readonly requestTags?: Tags
  readonly tagKeys?: readonly string[]
}

/** What one request may do: who asks, from where and when, held against every policy that there is. */
export class Access {
  readonly caller: Caller
  readonly #world: World
  readonly #identity: Identity
  readonly #service: string
  readonly #now: number
  readonly #sourceIp: string

  /** @param circumstances `service` as permissions name it, `ecr` by default; `now` in milliseconds since the epoch */
  constructor(
    world: World,
    caller: Caller,
    circumstances: {
      readonly service?: string
      readonly now: number
      readonly sourceIp?: string | undefined
    },
  ) {
    this.#world = world
    this.caller = caller
    this.#identity = identityOf(world, caller)
    this.#service = circumstances.service ?? 'ecr'
    this.#now = circumstances.now
    this.#sourceIp = circumstances.sourceIp ?? '127.0.0.1'
  }

  /**
   * The repository, if it is there and the caller may do `action` (without `ecr:`) with it.
   *
   * @throws {EcrError} AccessDeniedException, also for a missing repository of another account;
   *   RepositoryNotFoundException.
   */
  repository(id: RepositoryId, action: string): Repository {
    this.require(action, id)
    const repository = this.#world.repository(id)
    if (repository === undefined) throw repositoryNotFound(id.name, id.account)
    return repository
  }

  /** @throws {EcrError} AccessDeniedException unless the caller may do `action` (without `ecr:`) with the target. */
  require(action: string, target: Target, tags: AskedTags = {}): void {
    const because = this.#whyDenied(action, target, tags, this.#repositoryPolicy(target))
    if (because !== undefined) {
      throw accessDenied(this.caller.arn, `${this.#service}:${action}`, this.#arnOf(target), because)
    }
  }

  /** Whether the caller could do `action` with a repository that had this policy. */
  allowedUnder(policy: PolicyDocument, action: string, target: RepositoryId): boolean {
    return this.#whyDenied(action, target, {}, policy) === undefined
  }

  /** Whether the caller may assume a role: whom it trusts must include the caller. */
  mayAssume(
    target: {readonly arn: string; readonly account: string},
    role: Role,
    trust: PolicyDocument,
    externalId: string | undefined,
  ): boolean {
    const asked = this.#asks('sts:AssumeRole', target, () => role.tags ?? {})
    const policies = {...this.#limits(), resource: [trust], mustBeGranted: true}
    return whyDenied({...asked, region: undefined, externalId}, policies) === undefined
  }

  #whyDenied(
    action: string,
    target: Target,
    asked: AskedTags,
    repositoryPolicy: PolicyDocument | undefined,
  ): string | undefined {
    const {account, region} = target
    const resource = {arn: this.#arnOf(target), account}
    const registryPolicy = registryPolicyOf(this.#world.registry(account, region))
    // A password is good for every registry, so that no policy of one is asked. ECR Public has no policies here.
    const asksResource = this.#service === 'ecr' && action !== 'GetAuthorizationToken'
    return whyDenied(
      {...this.#asks(`${this.#service}:${action}`, resource, () => this.#tagsOf(target)), region, ...asked},
      {...this.#limits(), resource: asksResource ? [repositoryPolicy, registryPolicy].filter(isGiven) : []},
    )
  }

  #limits(): Pick<Policies, 'identity' | 'session'> {
    return {identity: this.#identity.policy, session: this.caller.policy}
  }

  #asks(
    action: string,
    {arn, account}: {readonly arn: string; readonly account: string},
    tags: () => Tags,
  ): Omit<AccessRequest, 'region'> {
    const world = this.#world
    return {
      action,
      caller: this.caller,
      principalTags: {...this.#identity.tags, ...this.caller.tags},
      organization: world.account(this.caller.account).organization,
      resource: {arn, account, organization: world.account(account).organization, tags},
      now: this.#now,
      sourceIp: this.#sourceIp,
    }
  }

  #arnOf({account, region, name}: Target): string {
    if (name === undefined) return '*'
    return this.#service === 'ecr'
      ? repositoryArn(account, region, name)
      : `arn:aws:${this.#service}::${account}:repository/${name}`
  }

  #repositoryPolicy(target: Target): PolicyDocument | undefined {
    return this.#repositoryAt(target)?.settings.policy
  }

  #tagsOf(target: Target): Tags {
    return this.#repositoryAt(target)?.settings.tags ?? {}
  }

  #repositoryAt({account, region, name}: Target): Repository | undefined {
    return name === undefined ? undefined : this.#world.repository({account, region, name})
  }
}

/** The policy and tags of a caller's user or role; the account itself may do everything. */
function identityOf(world: World, caller: Caller): Identity {
  const account = world.account(caller.account)
  // The sessions of a role that is no more may do nothing.
  if (caller.role !== undefined) return roleOf(account, caller.role) ?? {policy: {Statement: []}}
  return caller.arn.endsWith(':root') ? {} : (account.user ?? {})
}

function isGiven<T>(value: T | undefined): value is T {
  return value !== undefined
}
