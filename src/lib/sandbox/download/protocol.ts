import {EcrError} from '../ecr-error.ts'
import type {Exchange, Incoming, Reply, Trouble} from '../exchange.ts'
import type {Services} from '../services.ts'
import {element} from '../xml.ts'
import {blobReply} from './blob-reply.ts'
import {readDownloadLink} from './link.ts'

/** Reads a request for a presigned link: what S3 does for ECR, on an origin of its own. */
export function openDownload(incoming: Incoming, services: Services): Exchange {
  const {method, path, query, headers} = incoming
  const link = readDownloadLink(services, path, query)
  return {
    plane: 'download',
    operation: 'layer.download',
    ...(link === undefined ? {} : {account: link.account, region: link.region}),
    mutating: false,
    answer: () => {
      if (headers.authorization !== undefined) return Promise.resolve(twoMechanisms(headers.authorization))
      if (method !== 'GET' && method !== 'HEAD') {
        return Promise.resolve(
          refusal(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.'),
        )
      }
      if (link === undefined) {
        const message = 'The request signature we calculated does not match the signature you provided.'
        return Promise.resolve(refusal(403, 'SignatureDoesNotMatch', message))
      }
      if (link.expiresAt <= services.now()) return Promise.resolve(troubles['expired-token'])
      return serve(services, link.digest, headers.range)
    },
    fail: trouble =>
      trouble instanceof EcrError ? refusal(400, trouble.exception, trouble.message) : troubles[trouble],
  }
}

async function serve({world}: Services, digest: string, range: string | undefined): Promise<Reply> {
  const size = await world.content.sizeOf(digest)
  if (size === undefined) return refusal(404, 'NoSuchKey', 'The specified key does not exist.')
  const reply = blobReply(world.content, {digest, size}, range)
  if (reply !== 'unsatisfiable') return reply
  const refused = refusal(416, 'InvalidRange', 'The requested range is not satisfiable')
  return {...refused, headers: {...refused.headers, 'content-range': `bytes */${size}`}}
}

function twoMechanisms(authorization: string): Reply {
  return xml(400, {
    Code: 'InvalidArgument',
    Message:
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
    ArgumentName: 'Authorization',
    // S3 repeats the credential here; the sandbox does not spread it.
    ArgumentValue: authorization.split(' ')[0] ?? '',
  })
}

const troubles: Readonly<Record<Trouble, Reply>> = {
  500: refusal(500, 'InternalError', 'We encountered an internal error. Please try again.'),
  503: refusal(503, 'ServiceUnavailable', 'Service is unable to handle request.'),
  429: refusal(429, 'TooManyRequests', 'Please reduce your request rate.'),
  throttling: refusal(503, 'SlowDown', 'Please reduce your request rate.'),
  'expired-token': refusal(403, 'AccessDenied', 'Request has expired'),
}

function refusal(status: number, code: string, message: string): Reply {
  return xml(status, {Code: code, Message: message})
}

function xml(status: number, content: Readonly<Record<string, string>>): Reply {
  return {
    status,
    headers: {'content-type': 'application/xml'},
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${element('Error', content)}`,
  }
}
