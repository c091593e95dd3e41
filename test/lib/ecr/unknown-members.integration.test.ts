import type {ReplicationRule} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {openReposWorld} from '../../support/repos-world.ts'

test("members that the client's model does not have come from ECR and go back to it", async () => {
  const world = await openReposWorld()
  const {api} = await world.at('dev@eu-west-1')
  const [first, second] = ['us-west-2', 'us-east-1'].map(region => ({
    destinations: [{region, registryId: '111111111111'}],
  }))
  const rules = [first, {...second, deleteReplication: {enabled: true}}] as readonly ReplicationRule[]
  await api.settings.putReplicationConfiguration(rules)
  expect(await api.registry.replicationRules()).toEqual(rules)
})
