import {CreateRepositoryCommand, PutLifecyclePolicyCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {GantryError} from '../../../src/lib/errors.ts'
import {defaultTimeouts} from '../../../src/lib/oci/transport.ts'
import {runReplicationLint} from '../../../src/lib/replication/lint-run.ts'
import {type FaultCase, faultsOf, kinds, mayEnd} from '../../support/fault-kinds.ts'
import {policyText} from '../../support/lifecycle-world.ts'
import {openReplicationWorld, prod, repos} from '../../support/replication-world.ts'
import {rule} from './lint/support.ts'

test.each(Object.keys(kinds))(
  '%s of any request leaves the finding, or says that something was not read',
  async kind => {
    const world = await openReplicationWorld()
    await world.push('app', [
      {name: 'one', tags: ['v1']},
      {name: 'both', tags: ['v2'], lists: ['one']},
    ])
    await world.replicateTo([prod])
    const there = world.clientOf(prod)
    await there.send(new CreateRepositoryCommand({repositoryName: 'app'}))
    const takesAll = rule({countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1})
    await there.send(
      new PutLifecyclePolicyCommand({repositoryName: 'app', lifecyclePolicyText: policyText(takesAll)}),
    )
    const timeouts = {...defaultTimeouts, headersMs: 150, stallMs: 150}
    /** The exit code; `told` for an error. */
    const lint = async (): Promise<string> => {
      try {
        const {exitCode, unread} = await runReplicationLint(
          {words: ['dev@eu-west-1/**'], accounts: [], failOn: 'error', concurrency: 8},
          {
            estate: parseEstate(repos, 'repos.yaml'),
            aws: {...world.aws, timeouts},
            region: undefined,
          },
        )
        return unread.length > 0 ? 'told' : String(exitCode)
      } catch (error) {
        if (error instanceof GantryError && error.code !== 'BUG') return 'told'
        throw error
      }
    }
    world.sandbox.clearRequests()
    expect(await lint()).toBe('3')
    const positions = world.sandbox.requests.length
    expect(positions).toBeGreaterThan(10)

    for (let at = 1; at <= positions; at += 1) {
      const fault: FaultCase = {dialect: 'ecr', injections: [{at, kind}]}
      world.sandbox.setFaults(faultsOf(fault))
      expect(mayEnd(fault) ? ['3', 'told'] : ['3'], `request ${at}`).toContain(await lint())
    }
  },
)
