import type {ExchangeOptions} from '../oci/exchange.ts'
import {createPaces, type Pace, type Paces} from '../oci/pace.ts'
import {wait as realWait} from '../oci/wait.ts'
import type {AwsEnvironment} from './environment.ts'

/** Calls per second for each account and region, where AWS publishes a number (ECR user guide, service quotas). */
const publishedRates: ReadonlyMap<string, number> = new Map([
  ['BatchCheckLayerAvailability', 1000],
  ['BatchGetImage', 2000],
  ['CompleteLayerUpload', 100],
  ['GetAuthorizationToken', 500],
  ['GetDownloadUrlForLayer', 3000],
  ['InitiateLayerUpload', 100],
  ['PutImage', 10],
  ['UploadLayerPart', 500],
])

/** The paces of the run, or new ones for whoever runs alone. */
export function pacesOf({paces, now, wait = realWait}: AwsEnvironment): Paces {
  return paces ?? createPaces({now, wait})
}

/** The pace of an operation of ECR's API, and of the protocol's requests that consume its rate. */
export function apiPace(
  paces: Paces,
  {account, region}: {readonly account: string; readonly region: string},
  operation: string,
): Pace {
  return paces.of(`${account}/${region}`, operation, publishedRates.get(operation))
}

/** Which operation's rate a request of the distribution protocol consumes: an inference from CloudTrail's records. */
export function operationOf({method, url}: Parameters<ExchangeOptions['paceOf']>[0]): string {
  const [, kind = '', rest = ''] =
    /^\/v2\/.+\/(manifests|blobs\/uploads|blobs|referrers|tags)\/(.*)$/.exec(url.pathname) ?? []
  switch (kind) {
    case 'manifests':
      return method === 'PUT' ? 'PutImage' : 'BatchGetImage'
    case 'referrers':
      return 'BatchGetImage'
    case 'tags':
      return 'ListImages'
    case 'blobs':
      return method === 'HEAD' ? 'BatchCheckLayerAvailability' : 'GetDownloadUrlForLayer'
    case 'blobs/uploads':
      if (rest === '') return 'InitiateLayerUpload'
      return method === 'PUT' ? 'CompleteLayerUpload' : 'UploadLayerPart'
    default:
      // `_catalog`.
      return 'DescribeRepositories'
  }
}
