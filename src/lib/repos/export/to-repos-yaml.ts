import type {ExportedWorld} from './world.ts'

/**
 * The text of a repos.yaml that says what there is, and nothing else: a plan with it changes nothing. What most
 * repositories share is said once. The same world gives the same text, in which a terminal sees nothing but letters.
 *
 * @throws {BugError} when what it would return is not a repos.yaml.
 */
export async function toReposYaml(world: ExportedWorld): Promise<string> {
  throw new TypeError(`not there yet ${world.places.length}`)
}
