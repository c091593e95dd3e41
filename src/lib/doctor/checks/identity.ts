import {type Check, ok} from '../check.ts'
import type {PlaceWorld} from '../world.ts'

/** Whether STS is reached, and whose the credentials are. */
export const identity: Check<PlaceWorld> = {
  id: 'identity',
  title: 'identity (STS)',

  async run({place, aws, connect}) {
    const {arn, account} = await connect(aws)
    const other = place.account !== null && place.account !== account
    return ok(other ? `${arn}, by the repository policies of ${place.account}` : arn)
  },
}
