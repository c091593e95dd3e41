import type {OpenImage} from '../ecr/inventory/images.ts'
import {UsageError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'

/** @returns AMBIGUOUS_IMAGE, for a word that has to mean one image and means several: which of them nobody said. */
export function ambiguousImage(text: string, images: readonly OpenImage[]): UsageError {
  const places = images.map(({at}) => at.registry.label)
  return new UsageError(
    'AMBIGUOUS_IMAGE',
    `${oneLine(text)} is in ${places.join(' and ')}. Write which: ${places[0] ?? 'ALIAS'}/${oneLine(text)}.`,
  )
}
