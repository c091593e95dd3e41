import {integer, type Limits, list, required, structure, text} from './shapes.ts'

/** Members that many operations share, with the constraints of the API model (2015-09-21). */

const repositoryNamePattern = /^(?:[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*)$/

export const registryId = text({pattern: /^[0-9]{12}$/})
export const repositoryName = text({min: 2, max: 256, pattern: repositoryNamePattern})
export const layerDigestPattern = /^[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+$/
export const layerDigest = text({pattern: layerDigestPattern})
export const imageTag = text({min: 1, max: 300})
export const imageId = structure({imageDigest: text(), imageTag: text()})
export const imageIds = list(imageId, {min: 1, max: 100})
export const mediaType = text()
export const uploadId = text({
  pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
})

/** What names a repository; without `registryId` it is in the caller's own registry. */
export const inRepository = {registryId, repositoryName: required(repositoryName)}

export function paging(maxResults: Limits = {min: 1, max: 1000}) {
  return {nextToken: text(), maxResults: integer(maxResults)}
}
