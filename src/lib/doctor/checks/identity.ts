import {DeniedError} from '../../errors.ts'
import {type Check, ok, skipped} from '../check.ts'
import type {PlaceWorld} from '../world.ts'

/** Whether STS is reached, and whose the credentials are. */
export const identity: Check<PlaceWorld> = {
  id: 'identity',
  title: 'identity (STS)',

  async run({place, aws, connect}) {
    const session = await connect(aws).catch((error: unknown) => {
      if (error instanceof DeniedError && error.code === 'NO_CREDENTIALS') return undefined
      throw error
    })
    if (session === undefined) return skipped('not checked: there are no credentials')
    const {arn, account} = session
    const other = place.account !== null && place.account !== account
    return ok(other ? `${arn}, by the repository policies of ${place.account}` : arn)
  },
}
