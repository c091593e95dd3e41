import type {EcrConnection} from './connection.ts'

/** A lifecycle policy as ECR gives it back. */
export interface StoredPolicy {
  readonly text: string
  /** Milliseconds since the epoch; absent when it never ran. */
  readonly lastEvaluatedAt?: number
}

/** The operations on the lifecycle policies of repositories, one method each. */
export class LifecycleApi {
  readonly #connection: EcrConnection

  constructor(connection: EcrConnection) {
    this.#connection = connection
  }

  /** Null when the repository has none. @throws {FailureError} REPOSITORY_NOT_FOUND. */
  async getPolicy(_repository: string): Promise<StoredPolicy | null> {
    throw new TypeError(`to come ${this.#connection.where.account}`)
  }

  /** @returns the text that ECR says it stored. */
  async putPolicy(_repository: string, _text: string): Promise<string> {
    throw new TypeError('to come')
  }

  /** @returns the text that ECR says it removed; null when there was none. */
  async deletePolicy(_repository: string): Promise<string | null> {
    throw new TypeError('to come')
  }
}
