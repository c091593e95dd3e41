import {buildEstate} from './build.ts'
import {openVersioned, requireShape} from './checked.ts'
import {crossCheck} from './checks.ts'
import type {Estate} from './estate.ts'
import {checkEstate} from './estate-checks.ts'
import {configError} from './problems.ts'
import {estateSchema} from './schema.ts'
import {asWritten, fillDocument, sampleDocument} from './variables-document.ts'

/**
 * Reads the text of a `repos.yaml`. `file` is what messages call it. The variables of `vars` are in their place in all
 * that comes of it; those of registries are checked by samples and left for `resolve.ts`.
 *
 * @throws {ConfigError} INVALID_CONFIG, with all that is wrong: the first as the message, the others as hints.
 */
export function parseEstate(text: string, file: string): Estate {
  const written = fillDocument(openVersioned(text, file))
  const {data} = requireShape(sampleDocument(written), file, {
    schema: estateSchema,
    crossCheck: () => crossCheck(written.data, written.root),
  })
  const estate = buildEstate(asWritten(data, written.data), written.root, file, written.usedVars)
  const problems = checkEstate(estate)
  if (problems.length > 0) throw configError(file, problems)
  return estate
}
