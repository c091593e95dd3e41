import {describe, expect, test} from 'vitest'
import {faultError} from '../../../src/lib/ecr/fault-errors.ts'
import {codeOf, type Fault, kindOf, readFault} from '../../../src/lib/ecr/faults.ts'

const call = {
  service: 'ECR' as const,
  operation: 'PutImage',
  host: '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
  account: '123456789012',
  region: 'eu-west-1',
  renewal: 'aws sso login --profile prod',
}

function named(name: string, more: object = {}): Fault {
  return readFault(Object.assign(new Error('words'), {name}, more))
}

describe('a fault is', () => {
  test.each([
    ['throttled', named('ThrottlingException')],
    ['throttled', named('SyntaxError', {$metadata: {httpStatusCode: 429}})],
    ['transient', named('ServerException')],
    ['transient', named('SyntaxError', {$metadata: {httpStatusCode: 502}})],
    ['transient', named('Error', {code: 'ECONNRESET'})],
    ['transient', named('Error', {code: 'EAI_AGAIN'})],
    ['transient', named('TimeoutError')],
    ['expired', named('ExpiredTokenException')],
    ['clock', named('InvalidSignatureException')],
    ['denied', named('AccessDeniedException', {$metadata: {httpStatusCode: 400}})],
    ['credentials', named('UnrecognizedClientException')],
    ['credentials', named('CredentialsProviderError')],
    ['final', named('LimitExceededException')],
    ['final', named('Error', {code: 'ENOTFOUND'})],
    ['final', named('SyntaxError', {$metadata: {httpStatusCode: 200}})],
    ['final', readFault(undefined)],
    ['final', readFault('text')],
  ])('%s: %o', (kind, fault) => {
    expect(kindOf(fault)).toBe(kind)
  })
})

test.each([
  [{'retry-after': '3'}, 3000],
  [{'x-amz-retry-after': '1500', 'retry-after': '3'}, 1500],
  [{'retry-after': 'soon'}, undefined],
  [{'retry-after': '-1'}, undefined],
  [{}, undefined],
])('%j asks to wait %s ms', (headers, expected) => {
  expect(named('ThrottlingException', {$response: {headers}}).retryAfterMs).toBe(expected)
})

test('the code of an error is the name of the exception', () => {
  expect(codeOf(named('ImageTagAlreadyExistsException'))).toBe('IMAGE_TAG_ALREADY_EXISTS')
  expect(codeOf(named('KmsException'))).toBe('KMS')
})

describe('messages', () => {
  const messageOf = (fault: Fault, effort = {tries: 214, elapsedMs: 600_000}): string =>
    faultError(fault, call, effort, Date.UTC(2026, 0, 1, 13)).message

  test('throttling names operation, account, time and tries', () => {
    expect(messageOf(named('ThrottlingException'))).toBe(
      'ECR throttled PutImage in 123456789012/eu-west-1 for 10 min (214 tries). Run the same command again to go on.',
    )
  })

  test('an unreachable service names the reason', () => {
    expect(messageOf(named('Error', {code: 'ECONNREFUSED'}), {tries: 1, elapsedMs: 2000})).toBe(
      'ECR PutImage in 123456789012/eu-west-1 failed for 2 s (1 try): ECONNREFUSED. Run the same command again to go on.',
    )
  })

  test('a host that does not exist asks for the region', () => {
    expect(messageOf(named('Error', {code: 'ENOTFOUND'}))).toContain('Is eu-west-1 the region you mean')
  })

  test('a certificate that is not trusted is told from others', () => {
    expect(messageOf(named('Error', {code: 'SELF_SIGNED_CERT_IN_CHAIN'}))).toContain('NODE_EXTRA_CA_CERTS')
  })

  test('a refused signature tells how far the clock is off', () => {
    const headers = {date: new Date(Date.UTC(2026, 0, 1, 12)).toUTCString()}
    expect(messageOf(named('InvalidSignatureException', {$response: {headers}}))).toContain(
      'This machine’s clock is 60 min ahead; set it right.'.replace('’', "'"),
    )
  })

  test('what AWS repeats of a signed request is left out', () => {
    const said =
      "The request signature we calculated does not match. Check your key.\n\nThe Canonical String for this request should have been\n'POST\n/\n\nhost:api.ecr.eu-west-1.amazonaws.com\nx-amz-security-token:IQoJb3JpZ2lu\n"
    const fault = readFault(Object.assign(new Error(said), {name: 'InvalidSignatureException'}))
    expect(messageOf(fault)).toContain('does not match. Check your key.')
    expect(messageOf(fault)).not.toContain('IQoJb3')
    const other = readFault(
      Object.assign(new Error("no '=' in x-amz-security-token: IQoJb3JpZ2lu"), {name: 'IncompleteSignature'}),
    )
    expect(messageOf(other)).not.toContain('IQoJb3')
  })

  test('the parser’s quotation of an answer, which may hold a token, is left out', () => {
    const message = messageOf(
      named('SyntaxError', {message: `Unexpected token 'Q', ..."nToken": QVdTOnNlY3"... is not valid JSON`}),
    )
    expect(message).toBe('The answer from ECR PutImage in 123456789012/eu-west-1 is not JSON.')
  })

  test('what AWS says cannot start a line', () => {
    const fault = readFault(Object.assign(new Error('a\nb'), {name: 'KmsException'}))
    expect(messageOf(fault)).toBe('ECR PutImage in 123456789012/eu-west-1: a\\u{a}b')
  })
})
