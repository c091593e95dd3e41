import {RefusalError} from '../../errors.ts'
import type {Descriptor} from '../descriptor.ts'
import type {Digest} from '../digest.ts'
import {mapLimited} from '../limiter.ts'
import type {Manifest} from '../manifest.ts'
import {manifestTypes, mediaTypes} from '../media-types.ts'
import {indexWith, referrersTag} from '../referrers-tag.ts'
import type {LayoutContents} from './contents.ts'
import type {LayoutFacts} from './facts.ts'
import {type Entry, findName, type LayoutIndex, withName} from './index-file.ts'
import {unnamed} from './names.ts'

const readAtOnce = 16

/**
 * What refers to what in a layout. oras names referrers in the index itself; regctl keeps a list of them under the tag
 * of the subject (distribution-spec, "Referrers Tag Schema"), which oras reads too: so they are written.
 */
export class LayoutReferrers {
  readonly #contents: LayoutContents
  readonly #facts: LayoutFacts

  constructor(contents: LayoutContents, facts: LayoutFacts) {
    this.#contents = contents
    this.#facts = facts
  }

  async list(subject: Digest): Promise<readonly Descriptor[]> {
    const {entries} = await this.#contents.store.readIndex()
    const manifests = entries.filter(({descriptor}) => manifestTypes.includes(descriptor.mediaType))
    const found = await mapLimited(manifests, readAtOnce, entry => this.#referrersIn(entry, subject))
    return [...new Map(found.flat().map(referrer => [referrer.digest, referrer])).values()]
  }

  /** The index with the referrer in the list of its subject, which is stored. */
  async add(index: LayoutIndex, referrer: Manifest): Promise<LayoutIndex> {
    const {subject} = referrer
    if (subject === undefined) return index
    const name = {repository: unnamed, tag: referrersTag(subject.digest)}
    const held = findName(index, name, this.#contents.host)
    const current = held && (await this.#contents.readManifest(held.digest))
    if (current?.children.some(({digest}) => digest === referrer.digest)) return index
    if (current !== undefined && current.mediaType !== mediaTypes.ociIndex) {
      throw new RefusalError(
        'REFERRERS_TAG_TAKEN',
        `${this.#contents.host}:${name.tag} should list what refers to an image, and is ${current.mediaType}. Move that name away.`,
      )
    }
    const list = indexWith(current, referrer)
    await this.#contents.writeManifest(list)
    return withName(index, name, list)
  }

  async #referrersIn({descriptor, names}: Entry, subject: Digest): Promise<readonly Descriptor[]> {
    const {digest} = descriptor
    if (names.some(({tag}) => tag === referrersTag(subject)))
      return (await this.#contents.readManifest(digest))?.children ?? []
    return (await this.#facts.subjectOf(digest)) === subject ? [descriptor] : []
  }
}
