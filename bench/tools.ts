import {dirname} from 'node:path/posix'
import {program} from '../test/support/cli.ts'
import {has} from '../test/support/peers.ts'
import type {ImageSet} from './images.ts'
import type {Place} from './places.ts'

/** Copy all tags of the set from one registry to the other, neither of which has TLS. */
export interface Job {
  readonly from: Place
  readonly to: Place
  readonly set: ImageSet
  /** Another tag at the destination, for a set of one. */
  readonly as?: string | undefined
}

export interface Tool {
  readonly name: string
  /** On PATH; a tool that is not there is left out. */
  readonly program: string
  /** It is made for many images. */
  readonly isForMany?: boolean
  /** One after another. */
  readonly commands: (job: Job) => readonly (readonly string[])[]
  /** To several registries in one process; a tool that cannot runs its commands for each. */
  readonly fanOut?: (job: Omit<Job, 'to'>, places: readonly Place[]) => readonly (readonly string[])[]
}

export function commandsTo(tool: Tool, job: Omit<Job, 'to'>, places: readonly Place[]) {
  return tool.fanOut?.(job, places) ?? places.flatMap(to => tool.commands({...job, to}))
}

export const gantry = [process.execPath, program]

const eachTag = ({from, to, set, as}: Job, command: (source: string, target: string) => readonly string[]) =>
  set.tags.map(tag =>
    command(`${from.host}/${set.repository}:${tag}`, `${to.host}/${set.repository}:${as ?? tag}`),
  )

function promote({from, set, as}: Omit<Job, 'to'>, places: readonly Place[]): readonly string[] {
  const images = set.tags.map(tag => `${from.name}/${set.repository}:${tag}`)
  const targets = places.flatMap(({name}) => ['--to', name])
  const tags = as === undefined ? [] : ['--tag', as]
  return [...gantry, 'promote', ...images, ...targets, ...tags, '--no-referrers', '--json']
}

function craneAll({from, to, set}: Job, flags: readonly string[]): readonly string[] {
  const [source, target] = [from, to].map(({host}) => `${host}/${set.repository}`)
  return ['crane', 'copy', '--all-tags', ...flags, source ?? '', target ?? '']
}

const tools: readonly Tool[] = [
  {
    name: 'gantry',
    program: 'node',
    commands: ({to, ...job}) => [promote(job, [to])],
    fanOut: (job, places) => [promote(job, places)],
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
    isForMany: true,
    commands: ({from, to, set}) => {
      const plain = ['--all', '--src-tls-verify=false', '--dest-tls-verify=false']
      const sync = ['skopeo', '--insecure-policy', 'sync', ...plain, '--src', 'docker', '--dest', 'docker']
      return [[...sync, `${from.host}/${set.repository}`, `${to.host}/${dirname(set.repository)}`]]
    },
  },
  {
    name: 'crane',
    program: 'crane',
    commands: job =>
      job.set.tags.length > 1
        ? [craneAll(job, [])]
        : eachTag(job, (source, target) => ['crane', 'copy', source, target]),
  },
  {
    name: 'crane -j 16',
    program: 'crane',
    isForMany: true,
    commands: job => [craneAll(job, ['-j', '16'])],
  },
  {
    name: 'regctl',
    program: 'regctl',
    commands: job => {
      const plain = [job.from, job.to].flatMap(({host}) => ['--host', `reg=${host},tls=disabled`])
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

/** @param isMany whether there are many images to copy. */
export function installedTools(isMany: boolean): readonly Tool[] {
  return tools.filter(tool => has(tool.program) && (isMany || tool.isForMany !== true))
}
