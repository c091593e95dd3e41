/** OpenVEX documents, in the shape of the specification's examples. */
export type Fields = Readonly<Record<string, unknown>>

export const image =
  'pkg:oci/api?repository_url=222222222222.dkr.ecr.eu-west-1.amazonaws.com%2Fpayments%2Fapi'

export function statementOf(fields: Fields = {}): Fields {
  return {
    vulnerability: {name: 'CVE-2026-0001'},
    products: [{'@id': image}],
    status: 'not_affected',
    justification: 'vulnerable_code_not_in_execute_path',
    ...fields,
  }
}

export function documentOf(statements: readonly Fields[], fields: Fields = {}): string {
  const document = {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': 'https://openvex.dev/docs/example/vex-1',
    author: 'The team that builds it',
    timestamp: '2026-11-01T08:00:00.123456789-06:00',
    version: 1,
    ...fields,
    statements,
  }
  return JSON.stringify(document, undefined, 2)
}
