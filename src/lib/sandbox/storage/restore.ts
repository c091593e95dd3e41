import {UsageError} from '../../errors.ts'
import type {Key} from '../state/ledger.ts'
import type {ImageRecord, RepositorySettings} from '../state/repository.ts'
import type {Account, World} from '../state/world.ts'

/** Brings back one thing that a journal has kept. Its value is what the same kind of record was written with. */
export function restore(world: World, key: Key, value: object): void {
  const [kind, account = '', region = '', name = '', item = ''] = key
  const repository = () => world.repository({account, region, name})
  switch (kind) {
    case 'account':
      return world.putAccount(value as Account)
    case 'setting':
      return world.putSetting(account, region, name, (value as {value: string}).value)
    case 'repository':
      world.createRepository({account, region, name}, value as RepositorySettings)
      return
    case 'layer':
      return repository()?.addLayer(item, (value as {size: number}).size)
    case 'image':
      return repository()?.addImage(value as ImageRecord)
    case 'tag':
      return repository()?.setTag(item, (value as {digest: string}).digest)
    default:
      throw new UsageError(
        'DATA_TOO_NEW',
        `The sandbox's data has a "${kind}", which this version does not know. Use the version that wrote it.`,
      )
  }
}
