import {ecrEndpoint} from '../../ecr/connection.ts'
import {ecrHost} from '../../ecr/hosts.ts'
import {stsEndpoint} from '../../ecr/sts.ts'
import {type Reached, reach} from '../ask.ts'
import {type Check, ok, problem} from '../check.ts'
import type {PlaceWorld} from '../world.ts'

/** Whether STS, ECR's API and the registry answer at all, by name, connection, proxy and TLS; no credentials are sent. */
export const endpoints: Check<PlaceWorld> = {
  id: 'endpoints',
  title: 'endpoints',

  async run({place: {account, region}, aws}) {
    const {useFips: fips = false, useDualstack: dualStack = false} = aws
    const urls = [
      await stsEndpoint(region, aws),
      await ecrEndpoint(region, aws),
      ...(account === null ? [] : [new URL(`https://${ecrHost({account, region, fips, dualStack})}/v2/`)]),
    ]
    const byHost = new Map(urls.map(url => [url.host, url]))
    const reached = await Promise.all([...byHost.values()].map(url => reach(url, aws)))
    const failed = reached.filter(({trouble}) => trouble !== undefined)
    const fixes = new Set(failed.flatMap(({trouble}) => trouble?.fix ?? []))
    if (failed.length > 0) {
      const said = grouped(
        failed,
        ({trouble}) => trouble?.message ?? '',
        (hosts, why) => `${hosts}: ${why}`,
      )
      return problem('network', said, ...fixes)
    }
    return ok(
      grouped(
        reached,
        ({way}) => way,
        (hosts, way) => `${hosts} ${way}`,
      ),
    )
  },
}

function grouped(
  hosts: readonly Reached[],
  by: (one: Reached) => string,
  words: (hosts: string, what: string) => string,
): string {
  return [...Map.groupBy(hosts, by)]
    .map(([what, group]) => words(group.map(({host}) => host).join(', '), what))
    .join('; ')
}
