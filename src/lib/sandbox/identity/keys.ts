import {createHash, randomBytes} from 'node:crypto'
import {base32, fromBase32} from './base32.ts'
import {isAccount} from './partition.ts'

// AWS puts the account into the key id: after the four letters, base32 of 10 bytes, whose first 48 bits are one set
// bit, 40 bits of account and 7 bits more.
const accountShift = 2 ** 7
const topBit = 2 ** 47

/** A new id of temporary credentials (`ASIA...`) that belongs to `account`, in AWS's own layout. */
export function mintKeyId(account: string): string {
  const bytes = randomBytes(10)
  const low = bytes.readUInt8(5) % accountShift
  bytes.writeUIntBE(topBit + Number(account) * accountShift + low, 0, 6)
  return `ASIA${base32(bytes)}`
}

/**
 * The account that a key id in AWS's layout belongs to, and whether the key is temporary (`ASIA`) or a user's own
 * (`AKIA`). Key ids from before 2019 do not tell.
 */
export function ownerOfKey(
  keyId: string,
): {readonly account: string; readonly temporary: boolean} | undefined {
  const [, kind, text = ''] = /^(ASIA|AKIA)(.{16})$/.exec(keyId) ?? []
  const bytes = fromBase32(text)
  if (kind === undefined || bytes === undefined) return undefined
  const head = bytes.readUIntBE(0, 6)
  if (head < topBit) return undefined
  const account = String(Math.floor((head - topBit) / accountShift)).padStart(12, '0')
  return isAccount(account) ? {account, temporary: kind === 'ASIA'} : undefined
}

/** The unique id that AWS gives a user (`AIDA`) or role (`AROA`), here derived from its ARN. */
export function uniqueId(prefix: 'AIDA' | 'AROA', arn: string): string {
  return `${prefix}${base32(createHash('sha256').update(arn).digest().subarray(0, 10))}`
}
