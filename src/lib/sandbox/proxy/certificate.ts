import {createHash, type KeyObject, randomBytes, sign} from 'node:crypto'
import {AsnConvert, OctetString} from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  NameConstraints,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509'

/** The two halves of an ECDSA P-256 key. */
export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export interface Lifetime {
  readonly notBefore: Date
  readonly notAfter: Date
}

const ecdsaWithSha256 = new AlgorithmIdentifier({algorithm: '1.2.840.10045.4.3.2'})

/**
 * A certificate, in PEM, with which the authority of this key and name vouches for itself. It is good for names at and
 * below `domains` and no others, so that whoever trusts it does not trust it with the rest of the web.
 */
export function authorityCertificate(
  keys: KeyPair,
  name: string,
  domains: readonly string[],
  lifetime: Lifetime,
): string {
  const permitted = domains.map(domain => new GeneralSubtree({base: new GeneralName({dNSName: domain})}))
  return certify({
    ...lifetime,
    subject: name,
    issuer: name,
    publicKey: keys.publicKey,
    issuerKeys: keys,
    extensions: [
      critical(id_ce_basicConstraints, new BasicConstraints({cA: true, pathLenConstraint: 0})),
      critical(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign)),
      critical(
        id_ce_nameConstraints,
        new NameConstraints({permittedSubtrees: new GeneralSubtrees(permitted)}),
      ),
    ],
  })
}

/** A certificate, in PEM, with which the authority vouches for the server `host`. */
export function serverCertificate(
  publicKey: KeyObject,
  host: string,
  authority: {readonly keys: KeyPair; readonly name: string},
  lifetime: Lifetime,
): string {
  return certify({
    ...lifetime,
    // Not the host: a common name has at most 64 characters (RFC 5280, appendix A), and names of S3 buckets more.
    subject: 'Gantry sandbox',
    issuer: authority.name,
    publicKey,
    issuerKeys: authority.keys,
    extensions: [
      critical(id_ce_basicConstraints, new BasicConstraints({cA: false})),
      critical(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature)),
      extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
      extension(id_ce_subjectAltName, new SubjectAlternativeName([new GeneralName({dNSName: host})])),
    ],
  })
}

interface Statement extends Lifetime {
  readonly subject: string
  readonly issuer: string
  readonly publicKey: KeyObject
  readonly issuerKeys: KeyPair
  readonly extensions: readonly Extension[]
}

// RFC 5280, section 4.1. Both key identifiers are there because OpenSSL's strict mode, Python's default since 3.13,
// refuses a certificate without them.
function certify({subject, issuer, publicKey, issuerKeys, extensions, ...lifetime}: Statement): string {
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: ecdsaWithSha256,
    issuer: commonName(issuer),
    validity: new Validity(lifetime),
    subject: commonName(subject),
    subjectPublicKeyInfo: AsnConvert.parse(spki(publicKey), SubjectPublicKeyInfo),
    extensions: new Extensions([
      ...extensions,
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdentifier(publicKey))),
      extension(
        id_ce_authorityKeyIdentifier,
        new AuthorityKeyIdentifier({keyIdentifier: new KeyIdentifier(keyIdentifier(issuerKeys.publicKey))}),
      ),
    ]),
  })
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), issuerKeys.privateKey)
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: ecdsaWithSha256,
    signatureValue: arrayBuffer(signature),
  })
  return pem(Buffer.from(AsnConvert.serialize(certificate)))
}

/** Names a key: the hash of its encoding (RFC 7093, section 2, method 4, cut to 20 bytes). */
export function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash('sha256').update(spki(publicKey)).digest().subarray(0, 20)
}

function spki(publicKey: KeyObject): Buffer {
  return publicKey.export({type: 'spki', format: 'der'})
}

/** Positive, and without a leading zero byte. */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(16)
  bytes[0] = (bytes.readUInt8(0) & 0x7f) | 0x40
  return arrayBuffer(bytes)
}

function commonName(text: string): Name {
  const attribute = new AttributeTypeAndValue({
    type: '2.5.4.3',
    value: new AttributeValue({utf8String: text}),
  })
  return new Name([new RelativeDistinguishedName([attribute])])
}

function critical(extnID: string, value: object): Extension {
  return extension(extnID, value, true)
}

function extension(extnID: string, value: object, critical = false): Extension {
  return new Extension({extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value))})
}

function arrayBuffer(bytes: Buffer): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
