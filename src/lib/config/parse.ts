import {buildEstate} from './build.ts'
import {readChecked} from './checked.ts'
import {crossCheck} from './checks.ts'
import type {Estate} from './estate.ts'
import {estateSchema} from './schema.ts'

/**
 * Reads the text of a `repos.yaml`. `file` is what messages call it.
 *
 * @throws {ConfigError} INVALID_CONFIG, with all that is wrong: the first as the message, the others as hints.
 */
export function parseEstate(text: string, file: string): Estate {
  const {data, root} = readChecked(text, file, {schema: estateSchema, crossCheck})
  return buildEstate(data, root, file)
}
