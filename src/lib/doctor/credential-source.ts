/**
 * Where credentials came from, by the marks that providers of the SDK leave on them for its user agent (`$source`); the
 * most telling first. Several are there when one provider asks another.
 */
const sources: readonly (readonly [mark: string, words: string])[] = [
  ['CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN', 'web identity of the environment (AWS_WEB_IDENTITY_TOKEN_FILE)'],
  ['CREDENTIALS_PROFILE_STS_WEB_ID_TOKEN', 'web identity'],
  ['CREDENTIALS_PROFILE_SSO', 'IAM Identity Center'],
  ['CREDENTIALS_PROFILE_SSO_LEGACY', 'IAM Identity Center'],
  ['CREDENTIALS_SSO', 'IAM Identity Center'],
  ['CREDENTIALS_PROFILE_LOGIN', 'aws login'],
  ['CREDENTIALS_LOGIN', 'aws login'],
  ['CREDENTIALS_PROFILE_PROCESS', 'credential_process'],
  ['CREDENTIALS_PROCESS', 'credential_process'],
  ['CREDENTIALS_HTTP', "the container's metadata"],
  ['CREDENTIALS_IMDS', "the instance's metadata"],
  ['CREDENTIALS_ENV_VARS', 'variables of the environment'],
  ['CREDENTIALS_PROFILE', "keys in AWS's files"],
]

/** The last step before the credentials, or undefined when no provider of the SDK gave them. Pure. */
export function sourceOf(credentials: object): string | undefined {
  if (!('$source' in credentials)) return undefined
  const {$source: marks} = credentials
  if (typeof marks !== 'object' || marks === null) return undefined
  const found = sources.find(([mark]) => mark in marks)?.[1]
  const isChain = 'CREDENTIALS_STS_ASSUME_ROLE' in marks
  return isChain ? `a chain of roles that begins with ${found ?? 'another profile'}` : found
}
