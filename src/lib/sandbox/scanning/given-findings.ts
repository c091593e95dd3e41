import * as z from 'zod/mini'
import type {UsageError} from '../../errors.ts'
import {checked, flaw} from '../checked.ts'
import {isAccount, isRegion} from '../identity/partition.ts'
import type {Services} from '../services.ts'
import type {Repository} from '../state/repository.ts'
import type {ImageFindings} from '../types.ts'
import {scanningConfigurationOf} from './configuration.ts'
import {readDocument} from './document.ts'
import {scanAgain, scanWith} from './run.ts'
import {keepOutcome, keepScan} from './scans.ts'

const text = z.string().check(z.minLength(1))

const schema = z.strictObject({
  account: z.string().check(z.refine(isAccount, 'must be twelve digits')),
  region: z.string().check(z.refine(isRegion, 'must be a region such as eu-west-1')),
  repository: text,
  digest: z.optional(text),
  tag: z.optional(text),
  findings: z.looseObject({}),
  scanned: z.optional(z.boolean()),
})

/**
 * Says what scans of an image find.
 *
 * @throws {UsageError} INVALID_FINDINGS, naming the place.
 */
export function putFindings(services: Services, value: unknown): void {
  const {account, region, repository: name, ...image} = checked(schema, value, invalid)
  const repository = services.world.repository({account, region, name})
  if (repository === undefined) throw invalid('repository', 'is not there')
  const digest = image.digest ?? repository.tags.get(image.tag ?? '')
  if (digest === undefined) throw invalid('', 'needs the digest of an image, or a tag that is there')
  findingsOf(services, repository, digest, image, problem => invalid('findings', problem))
}

/**
 * Has scans of an image find what a document says; unless it says otherwise, a scan has just ended with that.
 *
 * @throws what `refuse` makes of a document that is none.
 */
export function findingsOf(
  services: Services,
  repository: Repository,
  digest: string,
  {findings, scanned = true}: Pick<ImageFindings, 'findings'> & {readonly scanned?: boolean | undefined},
  refuse: (problem: string) => Error,
): void {
  const {account, region} = repository.id
  const {outcome, ...read} = readDocument(findings, refuse)
  const {scanType} = {...scanningConfigurationOf(services.world.registry(account, region)), ...read}
  keepOutcome(repository, digest, scanType, outcome)
  const image = repository.images.get(digest)
  if (image === undefined) return
  if (scanned) keepScan(repository, image, scanType, scanWith(services, repository, scanType, outcome))
  else scanAgain(services, repository, image)
}

function invalid(place: string, problem: string): UsageError {
  return flaw('INVALID_FINDINGS', 'Sandbox findings', place, problem)
}
