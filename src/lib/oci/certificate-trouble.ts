/** Node's names for certificates that do not hold (Node.js, `tls`, X509 certificate error codes). */
const unknownAuthority =
  /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER_CERT(?:_LOCALLY)?|VERIFY_LEAF_SIGNATURE)|CERT_UNTRUSTED|INVALID_CA)$/
const wrongTime = /^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/
const wrongName = /^(?:ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/
const other = /^(?:CERT_|CRL_|UNABLE_TO_|ERR_TLS_CERT_|PATH_LENGTH_EXCEEDED$)/

/** Whether a connection failed because the certificate of the other side does not hold. */
export function isUntrusted(code: string): boolean {
  return unknownAuthority.test(code) || wrongTime.test(code) || wrongName.test(code) || other.test(code)
}

/** What a user can do about it. Not checking certificates is no answer. */
export function certificateAdvice(code: string): string {
  if (unknownAuthority.test(code)) {
    return 'If your network or the registry has its own authority, name the file of its certificate in NODE_EXTRA_CA_CERTS, or set NODE_OPTIONS=--use-system-ca for those of this machine.'
  }
  if (wrongTime.test(code))
    return "Check this machine's clock; if that is right, the certificate has to be renewed."
  if (wrongName.test(code)) return 'Check the name of the host; another server may have answered for it.'
  return 'Whoever runs that server has to mend its certificate.'
}
