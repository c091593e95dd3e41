import type {Repository} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import type {OpenRegistry} from '../../../../src/lib/ecr/inventory/registries.ts'
import {encryption} from '../../../../src/lib/repos/resources/encryption.ts'
import {tagMutability} from '../../../../src/lib/repos/resources/tag-mutability.ts'

const placeOf = (told: object) => ({
  at: {registry: {label: 'dev@eu-west-1'}} as OpenRegistry,
  name: 'app',
  described: async () => told as Repository,
})

test.each([
  ['no encryption', encryption, {}, 'MISSING_FIELD', 'told no "encryptionConfiguration.encryptionType"'],
  ['no mutability', tagMutability, {}, 'MISSING_FIELD', 'told no "imageTagMutability"'],
  [
    'a mutability that is not known',
    tagMutability,
    {imageTagMutability: 'FROZEN'},
    'UNKNOWN_VALUE',
    'has "FROZEN" as "imageTagMutability"',
  ],
  [
    'an exception that is not known',
    tagMutability,
    {
      imageTagMutability: 'MUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{filterType: 'REGEX', filter: 'a'}],
    },
    'UNKNOWN_VALUE',
    'has "REGEX" as "imageTagMutabilityExclusionFilters"',
  ],
])('of a repository with %s nothing is guessed', async (_, resource, repository, code, said) => {
  const read = resource.read(placeOf(repository))
  await expect(read).rejects.toMatchObject({code, message: expect.stringContaining(said)})
  await expect(read).rejects.toThrow('dev@eu-west-1/app')
})
