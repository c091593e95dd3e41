import {DatabaseSync} from 'node:sqlite'
import {onTestFinished, vi} from 'vitest'

/** What a store had its database do. */
interface StoreWork {
  changes: number
  /** Changes that were a transaction each. */
  changesAlone: number
  reads: number
  rowsRead: number
}

/** Counts what is done by stores that are opened from now on, until the test ends; they do it all the same. */
export function countStatements(): StoreWork {
  const work: StoreWork = {changes: 0, changesAlone: 0, reads: 0, rowsRead: 0}
  const prepare = Object.getOwnPropertyDescriptor(DatabaseSync.prototype, 'prepare')?.value as
    | DatabaseSync['prepare']
    | undefined
  if (prepare === undefined) throw new TypeError('DatabaseSync has no method to prepare statements')
  const spy = vi.spyOn(DatabaseSync.prototype, 'prepare').mockImplementation(function (
    this: DatabaseSync,
    ...of
  ) {
    const statement = prepare.apply(this, of)
    const run = statement.run.bind(statement)
    const get = statement.get.bind(statement)
    const all = statement.all.bind(statement)
    return Object.assign(statement, {
      run: (...values: Parameters<typeof run>) => {
        work.changes += 1
        if (!this.isTransaction) work.changesAlone += 1
        return run(...values)
      },
      get: (...values: Parameters<typeof get>) => {
        work.reads += 1
        return get(...values)
      },
      all: (...values: Parameters<typeof all>) => {
        const rows = all(...values)
        work.reads += 1
        work.rowsRead += rows.length
        return rows
      },
    })
  })
  onTestFinished(() => spy.mockRestore())
  return work
}
