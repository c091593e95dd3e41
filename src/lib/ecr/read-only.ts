import {BugError} from '../errors.ts'
import type {Registry, Repository} from '../oci/registry.ts'

/** The same registry for one who only looks: whatever could change it is a `BugError`, and is not sent. */
export function readOnlyRegistry(registry: Registry): Registry {
  const readOnly: Registry = {
    host: registry.host,
    traffic: registry.traffic,
    repository: name => readOnlyRepository(registry.repository(name), readOnly),
    describe: names => registry.describe(names),
    create: name => refuse(`create ${name}`),
    ...(registry.maxTagsPerImage !== undefined && {maxTagsPerImage: registry.maxTagsPerImage}),
    ...(registry.madeByPush && {madeByPush: registry.madeByPush.bind(registry)}),
    ...(registry.mayMount && {mayMount: registry.mayMount.bind(registry)}),
    ...(registry.repositories && {repositories: registry.repositories.bind(registry)}),
    close: () => registry.close(),
  }
  return readOnly
}

function readOnlyRepository(repository: Repository, registry: Registry): Repository {
  return {
    name: repository.name,
    registry,
    resolve: tags => repository.resolve(tags),
    manifests: (references, sizes) => repository.manifests(references, sizes),
    rareTags: tags => repository.rareTags(tags),
    presentManifests: manifests => repository.presentManifests(manifests),
    ...(repository.lookUp && {lookUp: repository.lookUp.bind(repository)}),
    presentBlobs: digests => repository.presentBlobs(digests),
    readBlob: blob => repository.readBlob(blob),
    mountBlob: blob => refuse(`mount ${blob.digest}`),
    uploadBlob: blob => refuse(`upload ${blob.digest}`),
    putManifest: manifest => refuse(`put ${manifest.digest}`),
    referrers: subject => repository.referrers(subject),
    ...(repository.tagsOf && {tagsOf: repository.tagsOf.bind(repository)}),
    ...(repository.assertReadable && {assertReadable: repository.assertReadable.bind(repository)}),
    ...(repository.replication && {replication: repository.replication.bind(repository)}),
    tags: () => repository.tags(),
  }
}

async function refuse(what: string): Promise<never> {
  throw new BugError(`A read-only run tried to ${what}. It was not sent.`)
}
