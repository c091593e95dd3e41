import type {ECRClient} from '@aws-sdk/client-ecr'
import {BugError} from '../errors.ts'

/** Operations on documents that are read, changed in part and put back as a whole. */
const operations: ReadonlySet<string> = new Set([
  'DescribePullThroughCacheRules',
  'DescribeRegistry',
  'DescribeRepositoryCreationTemplates',
  'GetRegistryScanningConfiguration',
  'GetSigningConfiguration',
  'PutRegistryScanningConfiguration',
  'PutReplicationConfiguration',
  'PutSigningConfiguration',
  'UpdateRepositoryCreationTemplate',
])

/**
 * Lets a client pass on what its own model of the API does not have. It leaves out such members of what it sends and of what
 * it gets, without a word: then a rule that somebody made with a newer tool would lose a part of itself whenever its list
 * is put back.
 */
export function keepUnknownMembers(client: ECRClient): void {
  const isMeant = ({commandName = ''}: {commandName?: string}) =>
    operations.has(commandName.replace(/Command$/, ''))
  client.middlewareStack.add(
    (next, context) => async args => {
      const result = await next(args)
      const {body} = result.response as {body?: unknown}
      if (isMeant(context)) addMissing(result.output, parse(body))
      return result
    },
    {step: 'deserialize', priority: 'high', name: 'keepUnknownOfAnswers'},
  )
  client.middlewareStack.add(
    (next, context) => args => {
      const request = args.request as {body?: unknown}
      if (!isMeant(context)) return next(args)
      const body = parse(request.body)
      addMissing(body, args.input)
      request.body = Buffer.from(JSON.stringify(body))
      return next(args)
    },
    {step: 'serialize', priority: 'low', name: 'keepUnknownOfRequests'},
  )
}

/** A body, which has been collected before the client parses it. @throws {BugError} for any other. */
function parse(body: unknown): unknown {
  if (!(body instanceof Uint8Array)) throw new BugError('the AWS client has bodies that are no bytes.')
  // Not by a Buffer: the client warns whoever takes its bytes for text.
  return body.length === 0 ? null : JSON.parse(new TextDecoder().decode(body))
}

/** Adds to a JSON value the members that another of the same form has and it lacks. */
function addMissing(target: unknown, source: unknown): void {
  if (Array.isArray(target) && Array.isArray(source)) {
    target.forEach((each, index) => addMissing(each, source[index]))
    return
  }
  if (!isPlain(target) || !isPlain(source)) return
  for (const [key, value] of Object.entries(source)) {
    if (Object.hasOwn(target, key)) addMissing(target[key], value)
    else if (value !== undefined && value !== null && key !== '__proto__') target[key] = value
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
