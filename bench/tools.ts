import {dirname} from 'node:path/posix'
import {program} from '../test/support/cli.ts'
import {has} from '../test/support/peers.ts'
import type {ImageSet} from './images.ts'

/** Copy all tags of the set from one registry to the other, both `127.0.0.1:PORT` without TLS or credentials. */
export interface Job {
  readonly from: string
  readonly to: string
  readonly set: ImageSet
}

export interface Tool {
  readonly name: string
  /** On PATH; a tool that is not there is left out. */
  readonly program: string
  /** One after another. */
  readonly commands: (job: Job) => readonly (readonly string[])[]
  /** To several registries in one process; a tool that cannot runs its commands for each. */
  readonly fanOut?: (job: Omit<Job, 'to'>, hosts: readonly string[]) => readonly (readonly string[])[]
}

export function commandsTo(tool: Tool, job: Omit<Job, 'to'>, hosts: readonly string[]) {
  return tool.fanOut?.(job, hosts) ?? hosts.flatMap(to => tool.commands({...job, to}))
}

export const gantry = [process.execPath, program]

const eachTag = ({from, to, set}: Job, command: (source: string, target: string) => readonly string[]) =>
  set.tags.map(tag => command(`${from}/${set.repository}:${tag}`, `${to}/${set.repository}:${tag}`))

function promote({from, set}: Omit<Job, 'to'>, hosts: readonly string[]): readonly string[] {
  const images = set.tags.map(tag => `${from}/${set.repository}:${tag}`)
  return [...gantry, 'promote', ...images, ...hosts.flatMap(to => ['--to', to]), '--no-referrers', '--json']
}

const tools: readonly Tool[] = [
  {
    name: 'gantry',
    program: 'node',
    commands: ({to, ...job}) => [promote(job, [to])],
    fanOut: (job, hosts) => [promote(job, hosts)],
  },
  {
    name: 'skopeo copy',
    program: 'skopeo',
    commands: job => {
      const exactly = ['--all', '--preserve-digests', '--src-tls-verify=false', '--dest-tls-verify=false']
      return eachTag(job, (source, target) =>
        ['skopeo', '--insecure-policy', 'copy', '-q', ...exactly].concat(
          `docker://${source}`,
          `docker://${target}`,
        ),
      )
    },
  },
  {
    name: 'skopeo sync',
    program: 'skopeo',
    commands: ({from, to, set}) => {
      const plain = ['--all', '--src-tls-verify=false', '--dest-tls-verify=false']
      const sync = ['skopeo', '--insecure-policy', 'sync', ...plain, '--src', 'docker', '--dest', 'docker']
      return [[...sync, `${from}/${set.repository}`, `${to}/${dirname(set.repository)}`]]
    },
  },
  {
    name: 'crane',
    program: 'crane',
    commands: ({from, to, set}) => [
      ['crane', 'copy', '--all-tags', `${from}/${set.repository}`, `${to}/${set.repository}`],
    ],
  },
  {
    name: 'regctl',
    program: 'regctl',
    commands: job => {
      const plain = [job.from, job.to].flatMap(host => ['--host', `reg=${host},tls=disabled`])
      return eachTag(job, (source, target) => ['regctl', ...plain, 'image', 'copy', source, target])
    },
  },
  {
    name: 'oras',
    program: 'oras',
    commands: job =>
      eachTag(job, (source, target) =>
        ['oras', 'cp', '--from-plain-http', '--to-plain-http'].concat(source, target),
      ),
  },
]

export function installedTools(): readonly Tool[] {
  return tools.filter(tool => has(tool.program))
}
