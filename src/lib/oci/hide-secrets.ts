const hidden = '[credentials]'

/** The text of somebody who knows our secrets, without them: whole, or in parts of twelve characters and more. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.filter(secret => secret !== '')
  const whole = known.reduce((shown, secret) => shown.replaceAll(secret, hidden), text)
  return whole.replace(/[\w+/=.~%-]{12,}/g, word =>
    known.some(secret => secret.includes(word)) ? hidden : word,
  )
}
