import type {ImageTagMutability} from '@aws-sdk/client-ecr'
import type {EcrConnection} from './connection.ts'

/** The operations on what a repository is configured with, one method each. */
export class RepositorySettingsApi {
  readonly #connection: EcrConnection

  constructor(connection: EcrConnection) {
    this.#connection = connection
  }

  /** @param except patterns of tags; none for a mode without exclusions. */
  async putTagMutability(
    repositoryName: string,
    mode: ImageTagMutability,
    except: readonly string[],
  ): Promise<void> {
    await this.#connection.call('PutImageTagMutability', repositoryName, ({client, sdk}, options) =>
      client.send(
        new sdk.PutImageTagMutabilityCommand({
          ...this.#connection.in(repositoryName),
          imageTagMutability: mode,
          ...(except.length === 0
            ? {}
            : {
                imageTagMutabilityExclusionFilters: except.map(filter => ({filter, filterType: 'WILDCARD'})),
              }),
        }),
        options,
      ),
    )
  }
}
