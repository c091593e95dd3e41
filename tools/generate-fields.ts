/**
 * Writes `docs/repos-fields.md`: which key of repos.yaml says each member of ECR's API. With `--check`, ends with 1 when
 * the committed one is stale.
 */
import {putGenerated} from './generated-file.ts'
import {
  otherFields,
  otherMembers,
  otherOperations,
  ownKeys,
  type ReposField,
  reposFields,
  soleValues,
} from './repos-fields.ts'

await putGenerated('docs/repos-fields.md', page())

function page(): string {
  const resources = Map.groupBy(reposFields(), ({title}) => title)
  return [
    "# ECR's API and repos.yaml",
    '',
    '<!-- Made by tools/generate-fields.ts. Do not edit. -->',
    '',
    'Each member of a request that configures something, and the key of [repos.yaml](repos-yaml.md) that says it. `repositories.*`',
    'stands for every place that speaks of repositories: `defaults`, `match[].set`, `repositories` and the same below `overlays`.',
    'A member of ECR that is neither here nor below fails the tests, so that nothing new is passed over.',
    '',
    ...[...resources].flatMap(([title, fields]) => [...section(title, fields), '']),
    '## What configures nothing',
    '',
    ...table(['member', 'why'], {...otherMembers, ...otherFields, ...soleValues}),
    '',
    ...table(['operation', 'why'], otherOperations),
    '',
    '## Keys that are no member of the API',
    '',
    ...table(['key', 'for'], ownKeys),
    '',
  ].join('\n')
}

function section(title: string, fields: readonly ReposField[]): readonly string[] {
  const rows = fields.map(({operation, member, key}) => [`${operation}.${member}`, `\`${key}\``] as const)
  return [
    `## ${title[0]?.toUpperCase()}${title.slice(1)}`,
    '',
    ...table(['API', 'key'], Object.fromEntries(rows)),
  ]
}

function table(head: readonly [string, string], rows: Readonly<Record<string, string>>): readonly string[] {
  return [
    `| ${head.join(' | ')} |`,
    '|---|---|',
    ...Object.entries(rows).map(([name, text]) => `| \`${name}\` | ${text} |`),
  ]
}
