/** The program: streams, signals, one command, and one error that becomes one line and one exit code. */
import {fileURLToPath} from 'node:url'
import {Config} from '@oclif/core/config'
import {loadHelpClass} from '@oclif/core/help'
import type {Options} from '@oclif/core/interfaces'
import {commandIdOf, resolveRequest} from './lib/cli/dispatch.ts'
import {toErrorEnvelope} from './lib/cli/envelope.ts'
import {describe, errorLines} from './lib/cli/errors.ts'
import {toSafeJson} from './lib/cli/escape.ts'
import {exitCodeHelp} from './lib/cli/exit-codes.ts'
import {wantsJson} from './lib/cli/flags.ts'
import {annotation, inGitHubActions} from './lib/cli/github.ts'
import {interruptionOfProcess} from './lib/cli/interruption.ts'
import {
  guardStreams,
  writeJson,
  writeLastNote,
  writeNote,
  writeResult,
  writeWorkflowCommand,
} from './lib/cli/output.ts'
import {hideExperimentalWarnings} from './lib/cli/warnings.ts'
import type {ExitCode} from './lib/errors.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Runs one command line. Leaves an exit code and never ends the process itself, so that no output is cut off.
 * `loadOptions` say where oclif finds the commands. Gantry has no plugins: none are looked for in the user's home.
 */
export async function main(argv: readonly string[], loadOptions: Options = {root}): Promise<void> {
  guardStreams()
  hideExperimentalWarnings()
  interruptionOfProcess()
  // The SDK warns about versions of Node.js that bin/run.js has checked already.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
  process.once('uncaughtException', error => {
    writeLastNote(errorLines(describe(error)).join('\n'))
    process.exit(1)
  })
  let config: Config | undefined
  try {
    config = await Config.load({...loadOptions, userPlugins: false, devPlugins: false})
    await run(argv, config)
  } catch (error) {
    process.exitCode = report(error, argv, config)
  }
}

async function run(argv: readonly string[], config: Config): Promise<void> {
  const request = resolveRequest(argv, config)
  if (request.kind === 'version') {
    writeResult(config.userAgent)
  } else if (request.kind === 'help') {
    const Help = await loadHelpClass(config)
    await new Help(config).showHelp([...request.words])
    if (request.words.length === 0) writeResult(exitCodeHelp())
  } else {
    await config.runCommand(request.id, [...request.argv])
  }
}

/** Says what went wrong, as `--json` asks for it or in one line, and returns the exit code. */
function report(error: unknown, argv: readonly string[], config: Config | undefined): ExitCode {
  const description = describe(error)
  const command = config === undefined ? undefined : commandIdOf(argv, config)?.replaceAll(':', ' ')
  if (wantsJson(argv)) writeJson(toSafeJson(toErrorEnvelope(command ?? null, description)))
  else for (const line of errorLines(description)) writeNote(line)
  const {GANTRY_DEBUG, DEBUG} = process.env
  if (description.stack !== undefined && (GANTRY_DEBUG || DEBUG)) writeNote(description.stack)
  if (inGitHubActions(process.env)) {
    writeWorkflowCommand(annotation('error', ['gantry', command].join(' ').trim(), description.message))
  }
  return description.exitCode
}
