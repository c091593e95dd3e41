/** What tests plant. Each has characters that look different where they are coded. */
export const planted = {
  password: 'planted/pass+word=%&"ü',
  /** Issued by the token service. */
  token: 'planted.token~of/the+service==',
  /** In links to storage. */
  signature: 'plantedSignatureOfTheLink0123456789',
  /** In the URLs of uploads. */
  state: 'plantedStateOfTheUpload0123456789',
}
