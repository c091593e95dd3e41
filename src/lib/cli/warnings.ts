/** Keeps Node.js from telling users that a part of it is experimental, which they can't change; says all else. */
export function hideExperimentalWarnings(): void {
  const tellers = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', warning => {
    if (warning.name !== 'ExperimentalWarning') for (const tell of tellers) tell(warning)
  })
}
