import type {Events} from './events/event.ts'
import type {Seal} from './identity/seal.ts'
import type {UpstreamAddresses} from './pull-through/addresses.ts'
import type {Dialect} from './registry/dialect.ts'
import type {World} from './state/world.ts'
import type {Durations} from './time/durations.ts'
import type {Timeline} from './time/timeline.ts'

/** What every plane of the sandbox works with. */
export interface Services {
  readonly world: World
  readonly seal: Seal
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly timeline: Timeline
  readonly durations: Durations
  readonly events: Events
  /** How the data plane answers. */
  readonly dialect: Dialect
  /** Where upstream registries are in place of the network. */
  readonly upstreams: UpstreamAddresses
  /** Origin of download links to blobs of a region, such as `http://127.0.0.1:PORT`. */
  readonly downloads: (region: string) => string
}
