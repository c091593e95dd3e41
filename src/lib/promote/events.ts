import type {RegistryEvent} from '../oci/registry.ts'
import type {Looked} from '../replication/await-status.ts'
import type {ScanEvent} from '../scan/await-evidence.ts'
import type {PromotionItem} from './model.ts'

/** What a promotion tells while it runs. `id` is the same for all events of one image at one destination. */
export type PromotionEvent =
  | {readonly type: 'phase'; readonly phase: 'resolve' | 'plan' | 'copy'; readonly images: number}
  /** What gates say of the images is known; nothing of a scan is told any more. */
  | {readonly type: 'judged'; readonly images: number}
  /** What cannot be promoted, told before anything is written. */
  | {readonly type: 'refused'; readonly items: readonly PromotionItem[]; readonly others: number}
  | {readonly type: 'start'; readonly id: string; readonly title: string; readonly bytes: number}
  | {readonly type: 'bytes'; readonly id: string; readonly bytes: number}
  | {readonly type: 'end'; readonly id: string; readonly item: PromotionItem}
  /** A look at how far replication has brought what was promoted. */
  | {readonly type: 'replication'; readonly looked: Looked}
  | RegistryEvent
  | ScanEvent

export type PromotionListener = (event: PromotionEvent) => void
