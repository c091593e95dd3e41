import {EcrError} from '../ecr-error.ts'
import type {Secret} from '../identity/account.ts'
import type {Registry, World} from '../state/world.ts'

/**
 * What ECR reads from a secret of Secrets Manager, in the account and Region of the rule. The sandbox knows the secrets that
 * were seeded.
 *
 * @throws {EcrError} SecretNotFoundException, UnableToAccessSecretException, UnableToDecryptSecretValueException.
 */
export function readSecret(world: World, {account, region}: Registry, arn: string): Secret {
  const secret = world.account(account).secrets?.find(one => one.arn === arn)
  // That one of another account or Region is not found is unconfirmed.
  if (secret === undefined || !arn.includes(`:secretsmanager:${region}:${account}:`)) throw notFound()
  if (secret.unreadable === 'denied') throw notAccessible()
  if (secret.unreadable === 'encrypted') throw notDecrypted()
  return secret
}

function notFound(): EcrError {
  // entigolabs/entigo-infralib#1645; the rest of it is the API reference's.
  const what = 'The ARN of the secret specified in the pull through cache rule was not found.'
  return new EcrError(
    'SecretNotFoundException',
    `${what} Update the pull through cache rule with a valid secret ARN and try again.`,
  )
}

// The wordings are those of the API reference.
function notAccessible(): EcrError {
  return new EcrError(
    'UnableToAccessSecretException',
    'The secret is unable to be accessed. Verify the resource permissions for the secret and try again.',
  )
}

function notDecrypted(): EcrError {
  return new EcrError(
    'UnableToDecryptSecretValueException',
    'The secret is accessible but is unable to be decrypted. Verify the resource permissions and try again.',
  )
}
