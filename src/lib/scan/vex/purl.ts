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

/** Undefined for what is no package URL. */
export function parsePurl(text: string): Purl | undefined {
  const [, type, path, version, query = ''] =
    /^pkg:\/*([A-Za-z][A-Za-z0-9.+-]*)\/([^?#]*?)(?:@([^@/?#]*))?(?:\?([^#]*))?(?:#.*)?$/.exec(text) ?? []
  if (type === undefined || path === undefined) return undefined
  try {
    const segments = path
      .split('/')
      .filter(segment => segment !== '')
      .map(decodeURIComponent)
    const name = segments.pop()
    if (name === undefined) return undefined
    return {
      type: type.toLowerCase(),
      namespace: segments.join('/'),
      name,
      version: version === undefined || version === '' ? null : decodeURIComponent(version),
      qualifiers: new Map(query.split('&').map(qualifierOf)),
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
