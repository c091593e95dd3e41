import type {CommandResult} from './envelope.ts'
import {exitCodeMeanings} from './exit-codes.ts'
import {annotation, type Environment, type StepReport, writeStepReport} from './github.ts'
import {writeNote, writeWorkflowCommand} from './output.ts'

/** Annotations for warnings and for an exit code that is no success, then summary and outputs of the step. */
export async function reportToGitHub(
  title: string,
  {warnings, exitCode}: CommandResult,
  report: StepReport,
  env: Environment,
): Promise<void> {
  for (const warning of warnings) writeWorkflowCommand(annotation('warning', title, warning))
  if (exitCode !== 0 && exitCode !== 10) {
    const meaning = exitCodeMeanings.get(exitCode) ?? ''
    writeWorkflowCommand(annotation('error', title, `Exit code ${exitCode}: ${meaning}.`))
  }
  try {
    await writeStepReport(report, env)
  } catch (error) {
    // The work is done and its result is told: a page that could not be written changes nothing about it.
    const reason = error instanceof Error ? error.message : String(error)
    writeNote(`Warning: the step summary or outputs could not be written: ${reason}`)
  }
}
