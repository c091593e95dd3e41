import type {ImageContent, ImageRecord} from '../ecr/inventory/model.ts'
import type {Digest} from '../oci/digest.ts'
import type {ForecastDeparture} from './forecast.ts'
import {freedBytes} from './freed.ts'
import type {Outlook} from './plan-model.ts'
import {monthlySaving, type StorageRates} from './storage-cost.ts'
import type {Fate, RepositoryImage} from './verdict.ts'

/** What outlooks are counted from. */
export interface Stock {
  readonly images: readonly ImageRecord[]
  readonly contents: ReadonlyMap<Digest, ImageContent>
  readonly rates: StorageRates
}

/**
 * What goes by some time: how many images, their bytes, and what they cost.
 *
 * @param until milliseconds since the epoch; what goes at that time counts.
 */
export function outlookOf(
  going: readonly ForecastDeparture<RepositoryImage>[],
  until: number,
  {images, contents, rates}: Stock,
): Outlook {
  const gone = going.filter(({at}) => at <= until)
  const of = (fate: Fate) => gone.filter(departure => departure.fate === fate)
  const [expire, archive] = [of('expire'), of('archive')]
  const released = freedBytes(images, contents, digestsOf(expire), digestsOf(archive))
  return {
    expire: expire.length,
    archive: archive.length,
    freed: {bytes: released.bytes, atMost: released.atMost},
    usdPerMonth: monthlySaving(released, rates),
  }
}

function digestsOf(departures: readonly ForecastDeparture<RepositoryImage>[]): Set<Digest> {
  return new Set(departures.map(({image}) => image.digest as Digest))
}
