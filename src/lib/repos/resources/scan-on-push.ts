import {diffValue} from '../compare.ts'
import type {RepositoryResource} from '../resource.ts'

/** Whether a repository's images are scanned when they are pushed, where the rules of the registry do not say it. */
export const scanOnPush: RepositoryResource<boolean, boolean> = {
  key: 'scanOnPush',
  title: 'scan on push',
  isKeyed: false,
  verbs: ['put-scan-on-push'],
  fields: {
    'CreateRepository.imageScanningConfiguration.scanOnPush': 'scanOnPush',
    'PutImageScanningConfiguration.imageScanningConfiguration.scanOnPush': 'scanOnPush',
  },
  async read({described}) {
    const {scanOnPush} = (await described())?.imageScanningConfiguration ?? {}
    return new Map(scanOnPush === undefined ? [] : [['', scanOnPush]])
  },
  desired(setting, live) {
    const state = setting ?? live
    return {state, foreign: [], notes: state === live ? [] : [deprecated]}
  },
  diff: (live, wanted) => diffValue('', live, wanted),
  async apply(mutations, {place, wanted}) {
    if (wanted !== null) await mutations.putScanOnPush(place, wanted)
  },
  export: live => live,
}

/** API reference, PutImageScanningConfiguration. */
const deprecated =
  "ECR calls scanOnPush of repositories deprecated: say registries.*.scanning.onPush instead, of which the registry's rules are made."
