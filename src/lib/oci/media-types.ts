/** Media types of manifests, as OCI image-spec 1.1 and Docker's image manifest v2 name them. */
export const mediaTypes = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const

/** All manifest types that Gantry reads, in the order it asks for them. */
export const manifestTypes: readonly string[] = Object.values(mediaTypes)

export function isIndexType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerIndex
}

/** Docker's first format, signed or not: its digest is not that of its bytes. */
export function isSchema1(mediaType: string | undefined): boolean {
  return mediaType?.includes('.docker.distribution.manifest.v1+') ?? false
}
