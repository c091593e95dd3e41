import {
  CreatePullThroughCacheRuleCommand,
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  ECRClient,
  PutAccountSettingCommand,
  PutLifecyclePolicyCommand,
  PutRegistryPolicyCommand,
  PutRegistryScanningConfigurationCommand,
  PutReplicationConfigurationCommand,
  PutSigningConfigurationCommand,
  RegisterPullTimeUpdateExclusionCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr'
import type {Sandbox} from '../../src/lib/sandbox/index.ts'
import {type GeneratedRegistry, places} from './generated-world.ts'

/** Makes the registries what they were generated to be. */
export async function makeWorld(sandbox: Sandbox, registries: readonly GeneratedRegistry[]): Promise<void> {
  await Promise.all(
    registries.map(async (registry, index) => {
      const place = places[index]
      if (place !== undefined) await makeRegistry(sandbox, placed(registry, place), place)
    }),
  )
}

function placed(registry: GeneratedRegistry, {account, region}: (typeof places)[number]): GeneratedRegistry {
  const text = JSON.stringify(registry).replaceAll('<account>', account).replaceAll('<region>', region)
  return JSON.parse(text) as GeneratedRegistry
}

async function makeRegistry(
  sandbox: Sandbox,
  registry: GeneratedRegistry,
  {account, region}: (typeof places)[number],
): Promise<void> {
  const client = new ECRClient({
    endpoint: sandbox.url,
    region,
    credentials: {accessKeyId: account, secretAccessKey: 'any'},
    maxAttempts: 1,
  })
  const {settings, policy, scanning: scans, replication: copies, cache, templates, signing: signs} = registry
  const textOf = (value: object) => JSON.stringify(value)
  try {
    for (const each of settings) await client.send(new PutAccountSettingCommand(each))
    if (scans !== undefined) await client.send(new PutRegistryScanningConfigurationCommand(scans as never))
    if (signs !== undefined)
      await client.send(new PutSigningConfigurationCommand({signingConfiguration: signs as never}))
    for (const each of cache) await client.send(new CreatePullThroughCacheRuleCommand(each as never))
    for (const each of templates)
      await client.send(new CreateRepositoryCreationTemplateCommand(each as never))
    for (const principalArn of registry.exclusions)
      await client.send(new RegisterPullTimeUpdateExclusionCommand({principalArn}))
    for (const {name: repositoryName, made, policy: own, lifecycle} of registry.repositories) {
      await client.send(new CreateRepositoryCommand({repositoryName, ...made}))
      if (own !== undefined)
        await client.send(
          new SetRepositoryPolicyCommand({repositoryName, policyText: textOf(own), force: true}),
        )
      if (lifecycle !== undefined)
        await client.send(
          new PutLifecyclePolicyCommand({repositoryName, lifecyclePolicyText: textOf(lifecycle)}),
        )
    }
    if (copies !== undefined)
      await client.send(new PutReplicationConfigurationCommand({replicationConfiguration: copies as never}))
    // Last: it holds for all of these requests from then on.
    if (policy !== undefined) await client.send(new PutRegistryPolicyCommand({policyText: textOf(policy)}))
  } finally {
    client.destroy()
  }
}
