/** Files that are wrong, and the line that says so, without the name of the file. */
export type MalformedFile = readonly [what: string, content: string | Buffer, line: string]

export const accounts = `version: 1
accounts:
  dev: {id: "111111111111", region: eu-west-1}
  prod: {id: "222222222222", regions: [eu-west-1, us-east-1]}
  guest: {id: "333333333333", region: eu-west-1, via: dev}
`
export const repository = (settings: string) => `${accounts}repositories:\n  app/api: {${settings}}\n`
export const registry = (settings: string) => `${accounts}registries:\n  dev: {${settings}}\n`
export const below = (section: string, ...lines: readonly string[]) =>
  [`${accounts}${section}:`, ...lines, ''].join('\n')
export const api = 'repositories."app/api"'
export const allow = 'Effect: Allow, Principal: "*", Action: "ecr:*"'
export const profile = 'arn:aws:signer:eu-west-1:111111111111:/signing-profiles/a'
