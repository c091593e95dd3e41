import {createHash} from 'node:crypto'
import type {EncryptionConfiguration} from '../api/model/ecr.ts'
import {EcrError, invalidParameter} from '../ecr-error.ts'
import {partitionOf} from '../identity/partition.ts'

/**
 * How a new repository is encrypted: with the key that is asked for, or the one that AWS keeps for ECR in the account.
 *
 * @param asked what the caller wants; by default AES256.
 * @throws {EcrError} InvalidParameterException, KmsException (the wordings are unconfirmed).
 */
export function encryptionFor(
  {account, region}: {readonly account: string; readonly region: string},
  asked: EncryptionConfiguration = {encryptionType: 'AES256'},
): EncryptionConfiguration {
  const {encryptionType, kmsKey} = asked
  if (encryptionType === 'AES256') {
    if (kmsKey === undefined) return asked
    throw invalidParameter('encryptionConfiguration', 'kmsKey must be null when encryptionType is AES256')
  }
  // ECR user guide, repository-create: dual-layer encryption is for the GovCloud regions.
  if (encryptionType === 'KMS_DSSE' && partitionOf(region).name !== 'aws-us-gov') {
    throw invalidParameter('encryptionType', `KMS_DSSE is not supported in ${region}`)
  }
  if (kmsKey === undefined) return {encryptionType, kmsKey: managedKey(account, region)}
  const [prefix, , , keyRegion] = kmsKey.split(':')
  if (prefix === 'arn' && keyRegion !== region) {
    throw new EcrError('KmsException', `The KMS key '${kmsKey}' is not in the region ${region}`, {
      members: {kmsError: 'NotFoundException'},
    })
  }
  return asked
}

/** The key `alias/aws/ecr`, which every account has in every region. */
function managedKey(account: string, region: string): string {
  const hash = createHash('sha256').update(`${account} ${region} alias/aws/ecr`).digest('hex')
  const id = hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
  return `arn:${partitionOf(region).name}:kms:${region}:${account}:key/${id}`
}
