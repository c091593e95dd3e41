import {defineConfig} from 'vitest/config'
import {BaseSequencer, type TestSpecification} from 'vitest/node'

const heavy = 'test/**/*.heavy.test.ts'
const peers = 'test/**/*.peers.test.ts'

/** The longest ones first: one that begins last runs alone, and the other cores wait for it. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({moduleId}: TestSpecification) =>
      /(?:crash|faults|round-trip)[^/]*\.heavy\./.test(moduleId) ? 0 : 1
    // oxlint-disable-next-line unicorn/no-array-sort -- it is the runner's own method, of no array
    const usual = await super.sort(files)
    return usual.toSorted((one, other) => rankOf(one) - rankOf(other))
  }
}

/** `default` is `npm test`; `heavy` takes minutes; `peers` needs software that others wrote. */
export default defineConfig({
  test: {
    disableConsoleIntercept: true,
    env: {NODE_DISABLE_COMPILE_CACHE: '1', NO_COLOR: '1', AWS_EC2_METADATA_DISABLED: 'true'},
    // Two cores have room for a third while tests wait for processes and clocks.
    maxWorkers: 3,
    sequence: {sequencer: LongestFirst},
    projects: [
      {
        extends: true,
        test: {
          name: 'default',
          include: ['test/**/*.test.ts'],
          exclude: [heavy, peers],
          testTimeout: 30_000,
          // Modules keep no state, so that files can share them: half of the time went into loading them for each anew.
          isolate: false,
          setupFiles: ['test/support/clean-process.ts'],
        },
      },
      {extends: true, test: {name: 'heavy', include: [heavy], testTimeout: 600_000, maxWorkers: 2}},
      {extends: true, test: {name: 'peers', include: [peers], testTimeout: 180_000, fileParallelism: false}},
    ],
  },
})
