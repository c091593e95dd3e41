import {randomBytes} from 'node:crypto'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {displayWidth} from '../../src/lib/cli/text.ts'
import {type SandboxSeed, startSandbox} from '../../src/lib/sandbox/index.ts'
import {program} from '../support/cli.ts'
import {buildImage} from '../support/images.ts'
import {has, run} from '../support/peers.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

const columns = 80
const images = 20
const region = 'eu-west-1'
const [dev, prod] = ['111111111111', '222222222222']
const estate = `version: 1
accounts:
  dev: {id: "${dev}", region: ${region}}
  prod: {id: "${prod}", region: ${region}, role: "arn:aws:iam::${prod}:role/release"}
`

test.skipIf(!has('tmux'))(
  'at 80 columns no line of a promotion wraps, and at the end the live lines give way to the summary',
  async () => {
    const folder = await temporaryFolder()
    const uploads = gate(30)
    const sandbox = await startSandbox({
      onRequest: ({operation = ''}) => (operation.startsWith('upload.') ? uploads.pass() : undefined),
    })
    onTestFinished(() => sandbox.close())
    await sandbox.seed(await seed())
    await writeFile(join(folder, 'repos.yaml'), estate)
    const names = Array.from({length: images}, (_, i) => `${repositoryOf(i)}:v1.4.${i}`)
    const screen = await openScreen(
      folder,
      [
        process.execPath,
        program,
        'promote',
        ...names,
        '--from',
        'dev',
        '--to',
        'prod',
        '--record',
        'run.jsonl',
      ],
      {GANTRY_SANDBOX: sandbox.url},
    )

    const live = await screen.until(/copied [\d.]+ [KM]iB .*\d+ of 20 images/)
    expect(live).toMatch(/^\S prod@eu-west-1\/platform\/\S+:v1\.4\.\d+ · [\d.]+ K?i?B of [\d.]+ KiB$/m)
    expect(widest(live)).toBeLessThanOrEqual(columns)

    uploads.open()
    const end = await screen.until(/^exit /m)
    expect(widest(end)).toBeLessThanOrEqual(columns)
    expect(end, 'the spinner and the rows beside it are gone').not.toMatch(/[\u2800-\u28ff]|iB of /)
    const lines = end.split('\n').filter(line => line !== '')
    expect(lines[0]).toMatch(/^✔ Promoting · 20 images · copied [\d.]+ MiB$/)
    expect(lines[1]).toMatch(/^RESULT +TO +IMAGE .*SIZE$/)
    for (const [i, name] of names.entries()) expect(lines[2 + i]).toContain(` ${name} `)
    expect(lines[2 + images]).toMatch(/^20 promoted · \d+ requests \(\d+ mutating\)/)
    expect(lines.slice(-2)).toEqual(['Record: run.jsonl', 'exit 0'])
  },
)

function repositoryOf(i: number): string {
  return `platform/ingress-controller-${i % 5}`
}

/** One image a tag with 100 KiB of its own, in both accounts' repositories the five names. */
async function seed(): Promise<SandboxSeed> {
  const built = await Promise.all(
    Array.from({length: images}, () => buildImage({layers: [{data: randomBytes(100 * 1024)}]})),
  )
  const names = [...new Set(built.map((_, i) => repositoryOf(i)))]
  return {
    repositories: names.flatMap(name => {
      const own = [...built.entries()].filter(([i]) => repositoryOf(i) === name)
      return [
        {
          account: dev,
          region,
          name,
          blobs: own.flatMap(([, {blobs}]) => [...blobs.values()].map(toBase64)),
          images: own.map(([i, {root}]) => ({tag: `v1.4.${i}`, manifest: toBase64(root.bytes)})),
        },
        {account: prod, region, name},
      ]
    }),
  }
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

/** Lets `free` pass, and then nobody until it is opened: the screen stands still to be looked at. */
function gate(free: number) {
  const {promise, resolve} = Promise.withResolvers<void>()
  let passed = 0
  return {pass: () => (++passed > free ? promise : undefined), open: resolve}
}

/** Runs a command, and tells its exit code, in a terminal of 80 columns. */
async function openScreen(folder: string, command: readonly string[], env: Record<string, string>) {
  const tmux = (...args: readonly string[]) =>
    run('tmux', ['-u', '-S', join(folder, 'tmux'), '-f', '/dev/null', ...args], folder)
  // The screen goes when its program ends: cat holds it.
  const shell = ['sh', '-c', '"$@"; echo "exit $?"; exec cat', 'sh']
  const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  await tmux('new-session', '-d', '-x', String(columns), '-y', '24', ...variables, ...shell, ...command)
  onTestFinished(async () => void (await tmux('kill-server')))
  // -J joins what the terminal had to wrap, so that a line's own length is seen.
  const lines = async () => (await tmux('capture-pane', '-p', '-J', '-S', '-')).replaceAll(/ +$/gm, '')
  return {
    /** What is on the screen, with all that has scrolled away, once `pattern` is in it. */
    async until(pattern: RegExp): Promise<string> {
      await expect.poll(lines, {timeout: 60_000, interval: 100}).toMatch(pattern)
      return lines()
    },
  }
}

function widest(text: string): number {
  return Math.max(...text.split('\n').map(displayWidth))
}
