import {join} from 'node:path'
import {expect, test} from 'vitest'
import {authFiles} from '../../../src/lib/oci/auth-files.ts'

const home = '/home/u'
const paths = (env: NodeJS.ProcessEnv, uid?: number) => authFiles({env, home, uid}).map(({path}) => path)

test('REGISTRY_AUTH_FILE is the only file when it is set', () => {
  const env = {REGISTRY_AUTH_FILE: '/x/auth.json', DOCKER_CONFIG: '/d', XDG_RUNTIME_DIR: '/run/u'}
  expect(authFiles({env, home})).toEqual([{path: '/x/auth.json', namedBy: 'REGISTRY_AUTH_FILE'}])
})

test('podman’s and skopeo’s files come before Docker’s', () => {
  expect(paths({XDG_RUNTIME_DIR: '/run/u'}, 0)).toEqual([
    join('/run/u', 'containers', 'auth.json'),
    join(home, '.config', 'containers', 'auth.json'),
    join(home, '.docker', 'config.json'),
  ])
  expect(paths({XDG_CONFIG_HOME: '/config'})).toEqual([
    join('/config', 'containers', 'auth.json'),
    join(home, '.docker', 'config.json'),
  ])
})

test('without a session there is the file that podman and skopeo write then', () => {
  expect(paths({}, 1000)[0]).toBe(join('/run/containers/1000', 'auth.json'))
})

test('a folder that DOCKER_CONFIG names comes first', () => {
  expect(paths({DOCKER_CONFIG: '/d', XDG_RUNTIME_DIR: '/run/u'})).toEqual([
    join('/d', 'config.json'),
    join('/run/u', 'containers', 'auth.json'),
    join(home, '.config', 'containers', 'auth.json'),
  ])
})
