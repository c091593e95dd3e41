import type {Traffic} from '../oci/registry.ts'
import type {TokenSource} from './token.ts'

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** Credentials that are fetched once for all who ask at the same time, and again before they expire. */
export interface CredentialSource {
  get(): Promise<AwsCredentials>
  /** Forgets what it holds: AWS called it expired. */
  renew(): void
}

/** An identity in AWS, proven by GetCallerIdentity. */
export interface AccountSession {
  /** Account of the identity, 12 digits. */
  readonly account: string
  readonly arn: string
  readonly partition: string
  readonly region: string
  readonly credentials: CredentialSource
  /** When the credentials of the moment expire, milliseconds since the epoch; absent for those that do not. */
  readonly expiresAt?: number
  /** How to get new ones, for example `aws sso login --profile prod`. */
  readonly renewal: string
  /** Requests to STS, and for tokens, on behalf of this session. */
  readonly traffic: Traffic
  /** ECR tokens of this identity by region: a token is good for every registry of its region. */
  readonly tokens: Map<string, TokenSource>
}
