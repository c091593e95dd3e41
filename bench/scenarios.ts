import type {ImageSet} from './images.ts'

export interface Scenario {
  readonly name: string
  readonly note: string
  readonly set: ImageSet
  readonly from: 'plain' | 'ecr'
  readonly to: 'plain' | 'ecr'
  /** How many registries the images go to. */
  readonly targets: number
  /** What each request takes longer, at either side. */
  readonly roundTripMs: number
  /** How fast the source sends; as fast as it can without. */
  readonly sourceMebibytesPerSecond?: number
  /** The images are copied once before what is measured. */
  readonly again: boolean
  /** A tag that the destination does not have yet. */
  readonly as?: string
  /** Programs that take no part, as they would take minutes. */
  readonly without?: readonly string[]
}

export const single: ImageSet = {repository: 'bench/ten', tags: ['v1'], layers: 10, shared: 10, layerMiB: 5}
const large: ImageSet = {repository: 'bench/large', tags: ['v1'], layers: 1, shared: 1, layerMiB: 300}
const twenty: ImageSet = {
  repository: 'bench/many',
  tags: Array.from({length: 20}, (_, index) => `t${index + 1}`),
  layers: 10,
  shared: 8,
  layerMiB: 1,
}
const plain = {from: 'plain', to: 'plain', targets: 1, roundTripMs: 0, again: false} as const
const intoEcr = {...plain, to: 'ecr'} as const
const inEcr = {...intoEcr, from: 'ecr'} as const

export const scenarios: readonly Scenario[] = [
  {...plain, name: 'cold', note: '10 layers of 5 MiB, empty destination', set: single},
  {...plain, name: 'warm', note: 'the same image once more', set: single, again: true},
  {...plain, name: 'retag', note: 'the same image under a new tag', set: single, again: true, as: 'v2'},
  {...plain, name: 'large', note: 'one layer of 300 MiB', set: large},
  {...plain, name: 'many', note: '20 images, 8 of 10 layers of 1 MiB in common', set: twenty},
  {
    ...plain,
    name: 'latency',
    note: 'the same, with 20 ms for each request at both sides',
    set: twenty,
    roundTripMs: 20,
    without: ['skopeo copy'],
  },
  {...plain, name: 'fan-out', note: '10 layers of 5 MiB to five empty registries', set: single, targets: 5},
  {
    ...plain,
    name: 'fan-out-link',
    note: 'the same from a source that sends 50 MiB a second',
    set: single,
    targets: 5,
    sourceMebibytesPerSecond: 50,
  },
  {...intoEcr, name: 'into-ecr', note: '10 layers of 5 MiB from a plain registry into ECR', set: single},
  {...inEcr, name: 'ecr', note: 'the same from ECR into ECR', set: single},
  {...inEcr, name: 'ecr-warm', note: 'that once more', set: single, again: true},
  {...inEcr, name: 'ecr-retag', note: 'that under a new tag', set: single, again: true, as: 'v2'},
  {...inEcr, name: 'ecr-many', note: '20 images that share layers, from ECR into ECR', set: twenty},
  {...inEcr, name: 'ecr-many-warm', note: 'those once more', set: twenty, again: true},
]
