import type {Image} from '../state/repository.ts'

/** What a signature is as an artifact (Notary Project, signature specification). */
export const signatureType = 'application/vnd.cncf.notary.signature'

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const emptyType = 'application/vnd.oci.empty.v1+json'

/**
 * The envelope of a signature over an image, in the form of JWS: it says what is signed and by which profile, but no key
 * signed it, so that no verifier takes it.
 */
export function envelopeOf(
  {mediaType, digest, manifestSize: size}: Image,
  signingProfileArn: string,
): Buffer {
  const payload = {targetArtifact: {mediaType, digest, size}}
  const header = {alg: 'none', 'com.amazonaws.signer.signingProfileArn': signingProfileArn}
  return Buffer.from(
    JSON.stringify({payload: base64(payload), protected: base64(header), header: {}, signature: ''}),
  )
}

export const emptyConfig = Buffer.from('{}')

/** The manifest that makes an envelope a referrer of the image. */
export function signatureManifestOf(
  {mediaType, digest, manifestSize: size}: Image,
  envelope: {readonly digest: string; readonly size: number},
  config: string,
  signedAt: number,
): Buffer {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      artifactType: signatureType,
      config: {mediaType: emptyType, digest: config, size: emptyConfig.length},
      layers: [{mediaType: 'application/jose+json', ...envelope}],
      subject: {mediaType, digest, size},
      annotations: {'org.opencontainers.image.created': new Date(signedAt).toISOString()},
    }),
  )
}

function base64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
