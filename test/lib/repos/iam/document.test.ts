import {describe, expect, test} from 'vitest'
import {RefusalError} from '../../../../src/lib/errors.ts'
import {
  documentOf,
  policyFault,
  printDocument,
  requireReadable,
} from '../../../../src/lib/repos/iam/document.ts'
import {samples} from './variants.ts'

const statement = {Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage'}
const policyWith = (member: object) => JSON.stringify({Statement: [statement, {...statement, ...member}]})

describe('a text that is no policy is not understood', () => {
  test.each([
    ['', 'it is not JSON'],
    ['null', 'it is not a JSON object'],
    ['[]', 'it is not a JSON object'],
    ['{}', 'it has no Statement'],
    ['{"Statement": [], "Statement": []}', 'the key "Statement" is there twice'],
    ['{"Statement": [{"Effect": "Allow", "Effect": "Deny"}]}', 'the key "Effect" is there twice'],
    ['\u{feff}{"Statement": []}', 'it starts with a byte order mark'],
    ['{"Statement": null}', 'Statement is not a JSON object'],
    ['{"Statement": ["Allow"]}', 'Statement[0] is not a JSON object'],
    ['{"Version": 2012, "Statement": []}', 'Version is not a text'],
    ['{"Statement": {"Sid": "One"}}', 'Statement has no Effect'],
    [policyWith({Effect: 'allow'}), 'Statement[1].Effect is neither Allow nor Deny'],
    [policyWith({Sid: 7}), 'Statement[1].Sid is not a text'],
    [policyWith({Action: [1]}), 'Statement[1].Action is neither a text nor a list of texts'],
    [policyWith({Resource: null}), 'Statement[1].Resource is neither a text nor a list of texts'],
    [policyWith({Principal: 'everybody'}), 'Statement[1].Principal is a text other than *'],
    [
      policyWith({Principal: {AWS: 111111111111}}),
      'Statement[1].Principal.AWS is neither a text nor a list of texts',
    ],
    [policyWith({Condition: []}), 'Statement[1].Condition is not a JSON object'],
    [policyWith({Condition: {Bool: 'a:b'}}), 'Statement[1].Condition.Bool is not a JSON object'],
    [
      policyWith({Condition: {Bool: {'a:b': null}}}),
      'Statement[1].Condition.Bool.a:b is neither a text, an exact number or a boolean nor a list of them',
    ],
    [
      '{"Statement": {"Effect": "Deny", "Condition": {"NumericEquals": {"a:b": 12345678901234567890}}}}',
      'Statement.Condition.NumericEquals.a:b is neither a text, an exact number or a boolean nor a list of them',
    ],
  ])('%s', (text, fault) => {
    expect(policyFault(text)).toBe(fault)
  })

  test('and says so of what is at ECR, which is left as it is', () => {
    const read = () => requireReadable('{"Statement": 1}', 'prod@eu-west-1/api: the repository policy')
    expect(read).toThrow(RefusalError)
    expect(read).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_POLICY',
        exitCode: 8,
        message:
          'prod@eu-west-1/api: the repository policy at ECR is not understood: Statement is not a JSON object.',
      }),
    )
  })
})

test('a policy is printed as it was written, on one line', () => {
  for (const policy of samples) {
    const {Statement, ...head} = policy
    expect(printDocument(documentOf(JSON.stringify(policy, null, 2)))).toBe(
      JSON.stringify({...head, Statement: [Statement].flat()}),
    )
  }
})

test('a member by the name of __proto__ is a member like others', () => {
  const text = '{"__proto__":{"a":1},"Statement":[{"Effect":"Deny","__proto__":{"b":2}}]}'
  expect(printDocument(documentOf(text))).toBe(text)
})
