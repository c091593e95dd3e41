import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {chooseTools, findExecutable, groupByStore, loginArguments} from '../../../src/lib/login/tools.ts'
import {fakeTools} from './fake-tools.ts'

const login = {registry: '127.0.0.1:5001', username: 'AWS', plainHttp: false}

async function chosen(installed: readonly string[], requested: Parameters<typeof chooseTools>[0] = []) {
  const {env} = await fakeTools(Object.fromEntries(installed.map(tool => [tool, ''])))
  return (await chooseTools(requested, env)).map(({name}) => name)
}

test('docker alone is used where it is installed', async () => {
  expect(await chosen(['podman', 'docker'])).toEqual(['docker'])
})

test('without docker every tool that is installed is used', async () => {
  expect(await chosen(['buildah', 'skopeo', 'unrelated'])).toEqual(['skopeo', 'buildah'])
})

test('what was asked for is used, each once', async () => {
  expect(await chosen(['docker', 'helm', 'oras'], ['oras', 'helm', 'oras'])).toEqual(['oras', 'helm'])
})

test('a missing tool is named in one line', async () => {
  await expect(chosen(['docker'], ['docker', 'helm', 'oras'])).rejects.toThrow(
    'helm, oras: not found on PATH. Install it or use another --tool.',
  )
})

test('with no tool at all the error lists what was looked for', async () => {
  await expect(chosen([])).rejects.toThrow('looked for docker, podman, skopeo, helm, oras, buildah')
})

test('folders and files that cannot be run are no tools', async () => {
  const {env} = await fakeTools({docker: ''})
  const folder = env['PATH'] ?? ''
  await mkdir(join(folder, 'podman'))
  await writeFile(join(folder, 'skopeo'), '', {mode: 0o644})
  expect(await findExecutable('podman', env)).toBeUndefined()
  expect(await findExecutable('skopeo', env)).toBeUndefined()
})

test('a relative or empty entry of PATH is not searched', async () => {
  expect(await findExecutable('package.json', {PATH: ':.:'})).toBeUndefined()
  expect(await findExecutable('docker', {})).toBeUndefined()
})

test('each tool gets its own command, and the flag for plain HTTP that it has', () => {
  const common = ['--username', 'AWS', '--password-stdin']
  expect(loginArguments('docker', login)).toEqual(['login', ...common, '127.0.0.1:5001'])
  expect(loginArguments('helm', login)).toEqual(['registry', 'login', ...common, '127.0.0.1:5001'])
  const plain = (tool: Parameters<typeof loginArguments>[0]) =>
    loginArguments(tool, {...login, plainHttp: true})
  expect(plain('docker')).toEqual(['login', ...common, '127.0.0.1:5001'])
  for (const tool of ['podman', 'skopeo', 'buildah'] as const) {
    expect(plain(tool)).toEqual(['login', ...common, '--tls-verify=false', '127.0.0.1:5001'])
  }
  expect(plain('oras')).toEqual(['login', ...common, '--plain-http', '127.0.0.1:5001'])
})

test('tools that write the same file are one group', () => {
  const tools = (['docker', 'podman', 'skopeo', 'helm', 'oras', 'buildah'] as const).map(name => ({
    name,
    path: name,
  }))
  expect(groupByStore(tools).map(group => group.map(({name}) => name))).toEqual([
    ['docker', 'oras'],
    ['podman', 'skopeo', 'buildah'],
    ['helm'],
  ])
})
