/** What a package URL names (github.com/package-url/purl-spec), decoded. */
export interface Purl {
  /** In lower case: `oci`, `deb`, `npm`. */
  readonly type: string
  /** `debian`, `@scope`, `github.com/owner`; empty when there is none. */
  readonly namespace: string
  readonly name: string
  readonly version: string | null
  readonly qualifiers: ReadonlyMap<string, string>
}

/**
 * Undefined for what is no package URL: one whose version is empty among them, which whoever filled it in from nothing did
 * not mean to be any version.
 */
export function parsePurl(text: string): Purl | undefined {
  const [, type, path, version, query = ''] =
    /^pkg:\/*([A-Za-z][A-Za-z0-9.+-]*)\/([^?#]*?)(?:@([^@/?#]*))?(?:\?([^#]*))?(?:#.*)?$/.exec(text) ?? []
  if (type === undefined || path === undefined || version === '') return undefined
  try {
    const segments = path
      .split('/')
      .filter(segment => segment !== '')
      .map(decodeURIComponent)
    const name = segments.pop()
    const qualifiers = query.split('&').map(qualifierOf)
    const keys = new Set(qualifiers.map(([key]) => key))
    if (name === undefined || keys.size < qualifiers.length) return undefined
    return {
      type: type.toLowerCase(),
      namespace: segments.join('/'),
      name,
      version: version === undefined ? null : decodeURIComponent(version),
      qualifiers: new Map(qualifiers),
    }
  } catch {
    // A percent sign that nothing follows.
    return undefined
  }
}

function qualifierOf(text: string): readonly [key: string, value: string] {
  const at = text.indexOf('=')
  if (at === -1) return [text.toLowerCase(), '']
  return [text.slice(0, at).toLowerCase(), decodeURIComponent(text.slice(at + 1))]
}
