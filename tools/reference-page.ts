import {isShape, keysOf, type Schema, type Shape} from './reference-schema.ts'
import {identityOf, type Section, sectionsOf} from './reference-sections.ts'
import {patternsOf, ruleWords, typeWords} from './reference-words.ts'

const head = `# repos.yaml, key by key

<!-- Made by tools/generate-reference.ts. Do not edit. -->

Every key that [repos.yaml](repos-yaml.md) may have, from the JSON Schema that \`gantry repos schema\` prints. What keys mean together,
and what is checked besides, is on [that page](repos-yaml.md); which member of ECR's API a key is, on [another](repos-fields.md).

\`*\` in a path is a name of yours, \`[]\` the elements of a list; below a table are the patterns of its texts. **Bold** keys are required. What has no default is not managed when
it is absent. Texts of \`defaults\`, \`match\`, \`repositories\`, \`overlays\`, \`registries\` and \`presets\` may have [variables](repos-yaml.md#vars)
in place of what their pattern asks for. Keys of ECR's and IAM's own are written as they write them.`

/**
 * The reference of repos.yaml.
 *
 * @throws {TypeError} for what the page has no words for.
 */
export function referencePage(schema: Schema): string {
  if (!isShape(schema)) throw new TypeError('the schema of repos.yaml has no keys')
  const sections = sectionsOf(schema)
  const titles = [...sections.values()].map(({title}) => anchorOf(title))
  if (new Set(titles).size !== titles.length)
    throw new TypeError(`two sections are called the same: ${titles.join(' ')}`)
  const linkTo = (shape: Shape) => `#${anchorOf(sections.get(identityOf(shape))?.title ?? '')}`
  return `${[head, ...[...sections.values()].map(section => viewSection(section, linkTo))].join('\n\n')}\n`
}

function viewSection({title, places, shape}: Section, linkTo: (shape: Shape) => string): string {
  const keys = keysOf(shape)
  const patterns = Map.groupBy(
    keys.flatMap(([key, value]) => patternsOf(key, value)),
    ([, pattern]) => pattern,
  )
  const {required = []} = shape
  const rows = keys.map(([key, value]) => rowOf(key, value, required.includes(key), linkTo))
  const where = places.length === 0 ? '' : `At ${places.map(place => `\`${place}\``).join(', ')}.`
  const words = [where, ...ruleWords(shape)].filter(text => text !== '').join(' ')
  return [
    `## ${title === '' ? 'The file' : `\`${title}\``}`,
    ...(words === '' ? [] : ['', words]),
    '',
    '| key | type | default | |',
    '|---|---|---|---|',
    ...rows,
    ...(patterns.size === 0 ? [] : ['', '```', ...[...patterns].map(patternWords), '```']),
  ].join('\n')
}

function patternWords([pattern, keys]: readonly [string, readonly (readonly [string, string])[]]): string {
  return `${keys.map(([key]) => key).join(', ')}: ${pattern}`
}

function rowOf(key: string, value: Schema, isRequired: boolean, linkTo: (shape: Shape) => string): string {
  const name = isRequired ? `**\`${key}\`**` : `\`${key}\``
  const cells = [name, typeWords(value, linkTo), defaultWords(value), value.description ?? '']
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** Empty where nothing is meant. */
function defaultWords({default: value}: Schema): string {
  if (value === undefined || (typeof value === 'object' && Object.keys(value ?? {}).length === 0)) return ''
  return `\`${JSON.stringify(value)}\``
}

/** What GitHub makes of a heading when a link leads to it. */
function anchorOf(title: string): string {
  const text = title === '' ? 'The file' : title
  return text
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
}
