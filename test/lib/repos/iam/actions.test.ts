import {expect, test} from 'vitest'
import {canonicalAction, ecrActions, registryActions} from '../../../../src/lib/repos/iam/actions.ts'
import ecr from '../../../../src/lib/sandbox/api/model/ecr.json' with {type: 'json'}

/** Permissions of which there is no operation (service authorization reference). */
const permissionsAlone = ['BatchImportUpstreamImage', 'GetImageCopyStatus', 'ReplicateImage']

test('the actions are the operations of ECR, and what is a permission alone', () => {
  expect(ecrActions).toEqual([...Object.keys(ecr.operations), ...permissionsAlone].toSorted())
})

test('those of the registry name no repository in their requests', () => {
  const members = new Map<string, readonly string[]>(
    Object.entries(ecr.operations).map(([name, {input}]) => [
      name,
      Object.keys((ecr.shapes as Record<string, {members?: object}>)[input]?.members ?? {}),
    ]),
  )
  const naming = new Set(['repositoryName', 'repositoryNames', 'resourceArn'])
  const nameless = [...members].filter(([, names]) => !names.some(name => naming.has(name)))
  expect([...registryActions]).toEqual(nameless.map(([name]) => name).toSorted())
})

test.each([
  ['ECR:batchgetimage', 'ecr:BatchGetImage'],
  ['ecr:describeim*', 'ecr:DescribeIm*'],
  ['ecr:Get*FOR*', 'ecr:Get*for*'],
  ['ecr:*', 'ecr:*'],
  ['*', '*'],
  ['ecr:Fetch?', 'ecr:fetch?'],
  ['KMS:Decrypt', 'kms:decrypt'],
])('%s is %s', (action, canonical) => {
  expect(canonicalAction(action)).toBe(canonical)
  expect(canonicalAction(canonical.toUpperCase())).toBe(canonical)
})
