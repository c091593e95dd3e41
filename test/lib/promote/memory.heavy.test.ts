import {expect, test} from 'vitest'
import {runGantry} from '../../support/cli.ts'
import {startGeneratedRegistry} from '../../support/generated-registry.ts'

// The most that the process ever had, at its end; what `resourceUsage` tells may be that of who started it.
const tellPeak = encodeURIComponent(
  `import {readFileSync} from 'node:fs'
   process.on('exit', () => process.stderr.write(readFileSync('/proc/self/status')))`,
)

test.skipIf(process.platform !== 'linux')(
  'eight layers of 512 MiB at once take at most 200 MB of memory',
  async () => {
    const images = Array.from({length: 8}, (_, n) => ({name: `app-${n}:v1`, layerBytes: 512 * 2 ** 20}))
    const source = await startGeneratedRegistry(images)
    const target = await startGeneratedRegistry()
    try {
      const {status, stderr} = await runGantry(
        ['promote', ...images.map(({name}) => `${source.host}/${name}`), '--to', target.host],
        {env: {NODE_OPTIONS: `--import=data:text/javascript,${tellPeak}`}},
      )
      expect(status).toBe(0)
      expect(target.tags).toEqual(source.tags)
      const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(stderr) ?? []
      expect(Number(kibibytes) * 1024).toBeLessThanOrEqual(200_000_000)
    } finally {
      await source.close()
      await target.close()
    }
  },
)
