/** What a run leaves behind in GitHub Actions: a step summary, outputs and annotations. */
import {randomUUID} from 'node:crypto'
import {appendFile} from 'node:fs/promises'
import {escapeMarkdown, escapeText, escapeWorkflowData, escapeWorkflowProperty} from './escape.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export function inGitHubActions(env: Environment): boolean {
  return env['GITHUB_ACTIONS'] === 'true'
}

/** The workflow command that shows `message` beside the step: `::error title=gantry promote::...`. */
export function annotation(level: 'error' | 'warning', title: string, message: string): string {
  return `::${level} title=${escapeWorkflowProperty(title)}::${escapeWorkflowData(escapeText(message))}`
}

/** One table of names and values under a heading, in Markdown. Values that are no plain ones are left out. */
export function summaryMarkdown(title: string, summary: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(summary)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .map(([name, value]) => `| ${escapeMarkdown(name)} | ${escapeMarkdown(String(value))} |`)
  return ['', `### ${escapeMarkdown(title)}`, '', '| | |', '|---|---|', ...rows, ''].join('\n')
}

/**
 * The lines that set a step output, in the form that allows several lines.
 * @throws {Error} when the name is no output name or the value contains the delimiter.
 */
export function outputLines(name: string, value: string, delimiter = `gantry-${randomUUID()}`): string {
  if (!/^[A-Za-z_][\w-]*$/.test(name)) throw new Error(`"${escapeText(name)}" is no name of a step output.`)
  if (value.includes(delimiter))
    throw new Error(`The value of the step output ${name} contains its delimiter.`)
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`
}

export interface StepReport {
  /** Markdown for the step's page. */
  readonly markdown: string
  readonly outputs: Readonly<Record<string, string>>
}

/** Appends to the files that `GITHUB_STEP_SUMMARY` and `GITHUB_OUTPUT` name, where they are set. */
export async function writeStepReport(report: StepReport, env: Environment): Promise<void> {
  const outputs = Object.entries(report.outputs).map(([name, value]) => outputLines(name, value))
  if (env['GITHUB_STEP_SUMMARY']) await appendFile(env['GITHUB_STEP_SUMMARY'], report.markdown)
  if (env['GITHUB_OUTPUT']) await appendFile(env['GITHUB_OUTPUT'], outputs.join(''))
}
