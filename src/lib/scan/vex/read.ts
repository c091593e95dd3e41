import {resolve} from 'node:path'
import {elementsOf, mappingOf, reporter} from '../../config/check-parts.ts'
import {checkDocument, openDocument} from '../../config/checked.ts'
import {type Entry, entryAt} from '../../config/document.ts'
import {configError, type Path, type Problem} from '../../config/problems.ts'
import {readTextFile} from '../../config/text-file.ts'
import type {VexComponent, VexStatement} from './model.ts'
import {timeOf, type VexData, vexSchema} from './schema.ts'

/** Documents have a statement for each vulnerability of each product; in bytes. */
const maxSize = 8 * 1024 * 1024
/** What a document starts with. */
const start = '{"@context": "https://openvex.dev/ns/v0.2.0"'

type StatementData = VexData['statements'][number]
type ProductData = NonNullable<StatementData['products']>[number]

/**
 * Reads an OpenVEX document.
 *
 * @param cwd that its name is taken from.
 * @throws {ConfigError} CONFIG_NOT_FOUND, CONFIG_UNREADABLE; INVALID_CONFIG with all that is wrong.
 */
export async function readVexFile(file: string, cwd: string): Promise<readonly VexStatement[]> {
  const text = await readTextFile(resolve(cwd, file), file, 'the name that the gate or a flag gives', maxSize)
  return parseVex(text, file)
}

/**
 * As {@link readVexFile}, from its text; `file` is what messages call it.
 *
 * @throws {ConfigError} INVALID_CONFIG with all that is wrong: the first as the message, the others as hints.
 */
export function parseVex(text: string, file: string): readonly VexStatement[] {
  const document = openDocument(text, file, start, maxSize)
  const {data, problems} = checkDocument(document, {schema: vexSchema, crossCheck})
  if (data === undefined || problems.length > 0) throw configError(file, problems)
  return data.statements.map((statement, index) => {
    const {value} = entryAt(document.root, ['statements', index]) ?? document.root
    return toStatement(statement, data.timestamp, {file, ...value})
  })
}

function toStatement(
  {vulnerability, products = [], status, timestamp, justification, impact_statement: impact}: StatementData,
  issuedAt: string,
  origin: VexStatement['origin'],
): VexStatement {
  return {
    vulnerabilities: [vulnerability.name, ...(vulnerability.aliases ?? [])],
    products: products.map(product => ({
      ...toComponent(product),
      subcomponents: (product.subcomponents ?? []).map(toComponent),
    })),
    status,
    at: timeOf(timestamp ?? issuedAt),
    because: status === 'not_affected' ? (justification ?? impact ?? null) : null,
    origin,
  }
}

/** A package URL is an IRI, and so may be the component's `@id` too. */
function toComponent({'@id': id, identifiers, hashes}: ProductData): VexComponent {
  const purls = [id, identifiers?.['purl']].filter(text => text?.startsWith('pkg:') === true)
  return {purls: purls.filter(text => text !== undefined), sha256: hashes?.['sha-256']?.toLowerCase() ?? null}
}

/** OpenVEX v0.2.0, statement fields: what a status must have beside it. */
function crossCheck(data: unknown, root: Entry): Problem[] {
  const problems: Problem[] = []
  const report = reporter(root, problems)
  for (const [index, element] of elementsOf(mappingOf(data)['statements']).entries()) {
    const statement = mappingOf(element)
    const path: Path = ['statements', index]
    if (
      statement['status'] === 'not_affected' &&
      !('justification' in statement || 'impact_statement' in statement)
    ) {
      const text =
        'is not_affected and does not say why. Add justification: component_not_present, or impact_statement.'
      report([...path, 'status'], text)
    }
    if (statement['status'] === 'affected' && !('action_statement' in statement)) {
      report([...path, 'status'], 'is affected and does not say what to do. Add action_statement.')
    }
  }
  return problems
}
