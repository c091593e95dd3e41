import type {Recorded} from '../hostile-registry.ts'

/** Something that only some may see. */
export interface Secret {
  readonly what: string
  readonly value: string
  /** The listeners that it may be sent to. */
  readonly homes: readonly Listener[]
}

/** A server that records what it was sent. */
export interface Listener {
  readonly name: string
  readonly requests: readonly Recorded[]
}

/** Every secret that a listener was sent though it is not at home there: path, query, headers and bodies, in any form. */
export function strays(secrets: readonly Secret[], listeners: readonly Listener[]): string[] {
  return listeners.flatMap(listener =>
    listener.requests.flatMap(request =>
      secrets
        .filter(({value, homes}) => !homes.includes(listener) && shows(textOf(request), value))
        .map(({what}) => `${listener.name} got ${what}: ${request.method} ${request.url}`),
    ),
  )
}

/** Those of the secrets that a text shows. */
export function leaks(secrets: readonly Secret[], text: string): string[] {
  return secrets.filter(({value}) => shows(text, value)).map(({what}) => `${what} in: ${text.slice(0, 2000)}`)
}

function textOf({url, headers, body}: Recorded): string {
  return `${url}\n${JSON.stringify(headers)}\n${body.toString('latin1')}`
}

function shows(text: string, secret: string): boolean {
  return formsOf(secret).some(form => text.includes(form))
}

/** How a text can be written: as it is, for JSON, for a URL, in base64 with and without its padding and for a URL, in hexadecimal. */
function formsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text)
  const coded = [
    bytes.toString('base64'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ]
  const plain = [text, JSON.stringify(text).slice(1, -1), ...coded]
  return [...new Set([...plain, ...plain.map(encodeURIComponent), bytes.toString('hex')])]
}
