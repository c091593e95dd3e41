import type {
  CreateRepositoryCreationTemplateCommandInput,
  UpdateRepositoryCreationTemplateCommandInput,
} from '@aws-sdk/client-ecr'
import {required} from './client.ts'
import type {EcrConnection} from './connection.ts'
import {unlessCode} from './unless-code.ts'

/** What a template is made with; what is left out has ECR's default. */
export type NewCreationTemplate = CreateRepositoryCreationTemplateCommandInput
/** What is to change of a template; what is left out stays. */
export type CreationTemplateUpdate = UpdateRepositoryCreationTemplateCommandInput

/** The operations that change what repositories are made like that nobody made, one method each; for the own account alone. */
export class CreationTemplatesApi {
  readonly #connection: EcrConnection

  constructor(connection: EcrConnection) {
    this.#connection = connection
  }

  /**
   * @throws {FailureError} TEMPLATE_ALREADY_EXISTS, also when an answer was lost: who sees it reads again what there is.
   */
  async createCreationTemplate(template: NewCreationTemplate): Promise<void> {
    const operation = 'CreateRepositoryCreationTemplate'
    const answer = await this.#connection.callOwn(operation, ({client, sdk}, options) =>
      client.send(new sdk.CreateRepositoryCreationTemplateCommand(template), options),
    )
    required(answer.repositoryCreationTemplate, `ECR ${operation}`, 'repositoryCreationTemplate', answer)
  }

  /** @throws {FailureError} TEMPLATE_NOT_FOUND. */
  async updateCreationTemplate(template: CreationTemplateUpdate): Promise<void> {
    const operation = 'UpdateRepositoryCreationTemplate'
    const answer = await this.#connection.callOwn(operation, ({client, sdk}, options) =>
      client.send(new sdk.UpdateRepositoryCreationTemplateCommand(template), options),
    )
    required(answer.repositoryCreationTemplate, `ECR ${operation}`, 'repositoryCreationTemplate', answer)
  }

  /** One that is not there is no error. */
  async deleteCreationTemplate(prefix: string): Promise<void> {
    const operation = 'DeleteRepositoryCreationTemplate'
    const answer = await unlessCode('TEMPLATE_NOT_FOUND', () =>
      this.#connection.callOwn(operation, ({client, sdk}, options) =>
        client.send(new sdk.DeleteRepositoryCreationTemplateCommand({prefix}), options),
      ),
    )
    if (answer !== null)
      required(answer.repositoryCreationTemplate, `ECR ${operation}`, 'repositoryCreationTemplate', answer)
  }
}
