import type {EcrConnection} from './connection.ts'

/** The operations on what a registry as a whole is configured with, one method each; its own account alone may call them. */
export class RegistrySettingsApi {
  readonly #connection: EcrConnection

  constructor(connection: EcrConnection) {
    this.#connection = connection
  }

  /** @param name as ECR has it: `BLOB_MOUNTING`. */
  async putAccountSetting(name: string, value: string): Promise<void> {
    await this.#connection.call('PutAccountSetting', undefined, ({client, sdk}, options) =>
      client.send(new sdk.PutAccountSettingCommand({name, value}), options),
    )
  }
}
