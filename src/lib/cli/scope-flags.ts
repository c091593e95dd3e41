/** Arguments and flags of the commands that look at repositories and images: one name and one meaning in all of them. */
import {string as stringArg} from '@oclif/core/args'
import {boolean, string} from '@oclif/core/flags'
import {defaultLimits} from '../plan/limits.ts'
import {severalTimes, wholeNumber} from './flags.ts'

/** Arguments of a command, which must not be `strict`, that takes repositories: `expandStdin(argv.map(String), stdin)`. */
export const repositoryArgs = {
  repository: stringArg({
    name: 'REPOSITORY',
    ignoreStdin: true,
    description: '[ALIAS/]REPOSITORY or a pattern of names; several, or - to read them; all without.',
  }),
}

/** Arguments of a command, which must not be `strict`, that takes images: `expandStdin(argv.map(String), stdin)`. */
export const imageArgs = {
  image: stringArg({
    name: 'IMAGE',
    ignoreStdin: true,
    description: '[ALIAS/]REPOSITORY:TAG or @DIGEST, or with a host; several, or - to read them.',
  }),
}

/** What differs from command to command. */
interface Options {
  readonly exclusive?: string[]
}

/** `--account`: of the accounts of repos.yaml, and their regions, these. */
export const accounts = (options: Options = {}) =>
  string({
    ...severalTimes,
    delimiter: ',',
    default: [],
    helpValue: 'ALIAS[@REGION]',
    summary: 'Only these accounts; several with a comma.',
    ...options,
  })

/** `--inventory`: what was recorded is looked at. */
export const inventoryFile = (options: Options = {}) =>
  string({
    helpValue: 'FILE',
    summary: 'Look at a recorded inventory (gantry inventory --out); no registry is asked.',
    ...options,
  })

/** `--protect`: lists of images that something needs. */
export const protectFiles = (
  summary = 'Images that are needed: digests or references, or the output of a command; - for standard input.',
) => string({...severalTimes, default: [], helpValue: 'FILE', summary})

/** `--allow-empty-protect`, beside `--protect`. */
export const allowEmptyProtect = boolean({summary: 'A --protect file that names no image is no mistake.'})

/** What lets images go, and how many of them: of commands that put lifecycle policies into force. */
export const departureFlags = {
  accept: string({
    ...severalTimes,
    default: [],
    helpValue: 'IMAGE',
    summary: 'A protected image that may go: DIGEST, REPOSITORY@DIGEST or REPOSITORY:TAG.',
  }),
  'max-images': wholeNumber({
    min: 0,
    max: 1_000_000_000,
    default: defaultLimits.maxImages,
    summary: 'Images of all repositories that may go at once.',
  }),
  'max-share': wholeNumber({
    min: 0,
    max: 100,
    default: defaultLimits.maxShare,
    helpValue: 'PERCENT',
    summary: "Share of a repository's images that a lifecycle policy may take at once.",
  }),
}

/** `--record` */
export const recordFile = string({helpValue: 'FILE', summary: 'File for the record of the run.'})

/** `--markdown`: files for `writeMarkdown`; with `-` among them the view is Markdown. */
export const markdownFiles = () =>
  string({
    ...severalTimes,
    default: [],
    helpValue: 'FILE|-',
    summary: 'Also write the result as Markdown; - prints it instead of the table.',
  })

/** `--concurrency`, 8 without. */
export const concurrency = () =>
  wholeNumber({
    min: 1,
    max: 64,
    default: 8,
    summary: 'Repositories, and requests at each registry, in flight.',
  })
