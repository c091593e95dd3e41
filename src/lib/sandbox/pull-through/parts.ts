import type {Access} from '../access/access.ts'
import {EcrError} from '../ecr-error.ts'
import {imageArrived} from '../image-changes.ts'
import type {Services} from '../services.ts'
import type {Repository} from '../state/repository.ts'
import {day} from '../time/durations.ts'
import {importBlob, importByDigest, type Source} from './import.ts'
import {openUpstream} from './open.ts'
import {ruleFor, upstreamNameOf} from './rules.ts'
import {UpstreamError} from './upstream.ts'

/**
 * Brings in a layer that is asked for before its image was pulled, if the upstream registry has it.
 *
 * @throws {EcrError} AccessDeniedException, UnableToGetUpstreamLayerException.
 */
export async function pullLayerThrough(
  services: Services,
  access: Access,
  repository: Repository,
  digest: string,
): Promise<void> {
  if (repository.layers.has(digest)) return
  const what = 'There was an issue getting the upstream layer matching the pull through cache rule.'
  await fromUpstream(
    services,
    access,
    repository,
    'UnableToGetUpstreamLayerException',
    what,
    async source => {
      await importBlob(services.world, source, repository, digest)
    },
  )
}

/**
 * Brings in what refers to an image upstream. As for tags, it asks at most once in 24 hours (unconfirmed).
 *
 * @throws {EcrError} AccessDeniedException, UnableToListUpstreamImageReferrersException.
 */
export async function pullReferrersThrough(
  services: Services,
  access: Access,
  repository: Repository,
  subject: string,
): Promise<void> {
  const asked = repository.table<number>('upstream-referrers')
  const askedAt = asked.get(subject)
  if (askedAt !== undefined && services.now() - askedAt < day) return
  if (!repository.images.has(subject)) return
  const what = 'The referrers of the upstream image were unable to be listed.'
  const exception = 'UnableToListUpstreamImageReferrersException'
  await fromUpstream(services, access, repository, exception, what, async source => {
    for (const digest of await source.upstream.referrers(source.name, subject)) {
      if (repository.images.has(digest)) continue
      imageArrived(services, repository, await importByDigest(services, source, repository, digest))
    }
    asked.set(subject, services.now())
  })
}

/** Does something with the upstream of a repository; nothing when it has none. */
async function fromUpstream(
  services: Services,
  access: Access,
  repository: Repository,
  exception: string,
  what: string,
  act: (source: Source) => Promise<void>,
): Promise<void> {
  const {account, region, name} = repository.id
  const registry = services.world.registry(account, region)
  const rule = ruleFor(registry, name)
  if (rule === undefined) return
  access.require('BatchImportUpstreamImage', repository.id)
  try {
    await act({upstream: openUpstream(services, registry, rule), name: upstreamNameOf(rule, name)})
  } catch (error) {
    if (error instanceof UpstreamError || error instanceof EcrError) {
      throw new EcrError(exception, `${what} ${error.message}`)
    }
    throw error
  }
}
