/** Names one fact of the sandbox's state, for example `['tag', account, region, repository, tag]`. */
export type Key = readonly [kind: string, ...path: string[]]

/**
 * Where changes of the state go, in their order. A prefix of what was recorded is always a state that could have been:
 * an image is recorded before its tag, and forgotten after it.
 */
export interface Ledger {
  /** Keeps `value` under `key`; undefined forgets it. */
  record(key: Key, value: object | undefined): void
  /** Done when all that was recorded so far survives a crash. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** For a sandbox that keeps nothing. */
export const noLedger: Ledger = {
  record: () => {},
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
}
