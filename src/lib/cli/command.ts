import {Command} from '@oclif/core/command'
import {GantryError} from '../errors.ts'
import {type Context, createContext} from './context.ts'
import {type CommandResult, toEnvelope} from './envelope.ts'
import {escapeDeep, escapeText, toSafeJson} from './escape.ts'
import {globalFlags} from './flags.ts'
import {inGitHubActions, summaryMarkdown} from './github.ts'
import {reportToGitHub} from './github-report.ts'
import {writeJson, writeNote, writeResult} from './output.ts'
import {type Style, styleFor} from './style.ts'

export type {CommandResult, Context, Style}

/**
 * A command of gantry: `execute` does the work and returns plain data, `view` shows that data to people. Whatever
 * `execute` throws becomes one line on stderr and an exit code, in `main`.
 */
export abstract class GantryCommand<Result extends CommandResult> extends Command {
  static override baseFlags = globalFlags

  protected abstract execute(context: Context): Promise<Result>

  /** The result for people. Every string in it is already escaped; colour and width are the style's. */
  protected abstract view(result: Result, style: Style): string

  /** Outputs of the step in GitHub Actions, by name. */
  protected outputs(_result: Result): Readonly<Record<string, string>> {
    return {}
  }

  /** The page of the step in GitHub Actions, in Markdown; the figures of the summary unless a command has more to say. */
  protected async stepSummary({summary}: Result): Promise<string> {
    return summaryMarkdown(`gantry ${this.#name}`, summary)
  }

  /** What goes on after the result was shown: a server's time until a signal ends it, which is its ordinary end. */
  protected async serve(_context: Context): Promise<void> {
    // Most commands are done.
  }

  override async run(): Promise<void> {
    const {args, flags: own, strict} = this.ctor
    const {flags} = await this.parse({args, flags: own, strict, baseFlags: globalFlags})
    const {context, close} = createContext(flags)
    let result: Result
    try {
      result = await this.#outcome(context)
    } finally {
      await close()
    }
    process.exitCode = result.exitCode
    await this.#show(result, context, flags.json)
    await this.serve(context)
  }

  /** `main` reports every error; oclif would set other exit codes first. */
  protected override async catch(error: unknown): Promise<never> {
    throw error
  }

  /** The result; where the run was cut short, with the reason's exit code and the reason as a warning. */
  async #outcome(context: Context): Promise<Result> {
    const reason = () => (context.signal.reason instanceof GantryError ? context.signal.reason : undefined)
    let result: Result
    try {
      result = await this.execute(context)
    } catch (error) {
      throw error instanceof GantryError ? error : (reason() ?? error)
    }
    const cut = reason()
    if (cut === undefined) return result
    return {...result, exitCode: cut.exitCode, warnings: [...result.warnings, cut.message]}
  }

  async #show(result: Result, {env}: Context, json: boolean): Promise<void> {
    if (json) {
      writeJson(toSafeJson(toEnvelope(this.#name, result)))
    } else {
      writeResult(this.view(escapeDeep(result), await styleFor(process.stdout, env)))
      for (const warning of result.warnings) writeNote(`Warning: ${escapeText(warning)}`)
    }
    if (!inGitHubActions(env)) return
    const report = {markdown: await this.stepSummary(result), outputs: this.outputs(result)}
    await reportToGitHub(`gantry ${this.#name}`, result, report, env)
  }

  /** `lifecycle plan`. */
  get #name(): string {
    return (this.id ?? '').replaceAll(':', ' ')
  }
}
