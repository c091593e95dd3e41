import {RefusalError} from '../../errors.ts'
import {isFields} from '../descriptor.ts'
import {oneLine} from '../one-line.ts'
import {parseStrictJson} from '../strict-json.ts'

/** The file that makes a folder or a tar a layout (image-spec, image-layout.md). */
export const layoutFile = 'oci-layout'
export const layoutVersion = '{"imageLayoutVersion":"1.0.0"}'
export const maxLayoutFileBytes = 64 * 1024

/** @throws {RefusalError} INVALID_LAYOUT, UNSUPPORTED_LAYOUT. */
export function checkVersion(bytes: Uint8Array, where: string): void {
  let document: unknown
  try {
    document = parseStrictJson(bytes)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new RefusalError('INVALID_LAYOUT', `${where}, ${layoutFile}: ${oneLine(error.message)}.`)
  }
  const version = isFields(document) ? document['imageLayoutVersion'] : null
  if (version === '1.0.0') return
  throw new RefusalError(
    'UNSUPPORTED_LAYOUT',
    `${where}, ${layoutFile}: version ${oneLine(String(version), 40)} is not supported; 1.0.0 is.`,
  )
}
