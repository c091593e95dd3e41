/**
 * Writes `docs/repos-yaml-reference.md`: every key of repos.yaml, from the JSON Schema. With `--check`, ends with 1 when
 * the committed one is stale.
 */
import {estateJsonSchema} from '../src/lib/config/schema.ts'
import {putGenerated} from './generated-file.ts'
import {referencePage} from './reference-page.ts'

await putGenerated('docs/repos-yaml-reference.md', referencePage(estateJsonSchema()))
