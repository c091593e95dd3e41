import {onTestFinished} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {estateIdentities} from '../../../src/lib/login/identities.ts'
import {loginAuthfile} from '../../../src/lib/login/login.ts'
import {awsRegistries} from '../../../src/lib/login/registries.ts'
import {resolveTargets} from '../../../src/lib/login/targets.ts'
import {tokenIssuer} from '../../../src/lib/login/tokens.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {dev, repos, startWorld} from '../../support/world.ts'
import {testLeast} from './least.ts'

const estate = parseEstate(repos, 'repos.yaml')

testLeast('an account', {
  command: 'login',
  estate,
  isDone: outcome => 'exitCode' in outcome && outcome.exitCode === 0,
  async open() {
    const world = await startWorld()
    onTestFinished(() => world.close())
    const {sandbox} = world
    const aws = {env: {}, sandboxUrl: sandbox.url, now: Date.now, signal: AbortSignal.timeout(60_000)}
    const targets = await resolveTargets({
      names: ['dev'],
      accounts: [...estate.accounts.values()],
      region: dev.region,
      registries: awsRegistries(),
      defaultAccount: () => Promise.reject(new Error('an account is named')),
    })
    const file = `${await temporaryFolder()}/config.json`
    return {
      sandbox,
      run: () => loginAuthfile(targets, file, tokenIssuer(estateIdentities(estate, aws))),
    }
  },
})
