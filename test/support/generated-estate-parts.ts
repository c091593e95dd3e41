/** Values of `repos.yaml`, made by fast-check. */
import * as fc from 'fast-check'
import {policies as lifecyclePolicies} from '../lib/lifecycle/policy-arbitraries.ts'
import {maybe, tagKeys, tagValues} from './generated-policies.ts'

/** Keys that are not there are not said. */
export const some = <T extends object>(model: {[K in keyof T]: fc.Arbitrary<T[K]>}) =>
  fc.record(model, {requiredKeys: []})
export const orNull = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({arbitrary, weight: 4}, {arbitrary: fc.constant(null), weight: 1})

interface Document {
  readonly Version?: string
  readonly Id?: string
  readonly Statement: object | readonly object[]
}

/** A policy as the file says it; texts that look like variables are none. */
export const policyOf = (documents: fc.Arbitrary<object>) =>
  documents.map(document => {
    const {Version: version, Id: id, Statement} = document as Document
    const text = JSON.stringify({
      ...(version === undefined ? {} : {version}),
      ...(id === undefined ? {} : {id}),
      statements: [Statement].flat(),
    })
    const placed = text.replaceAll(/<(account|region)>/g, '${$1}')
    return JSON.parse(placed.replaceAll(/\$+\{(org|x)\}/g, '$$$${$1}')) as {
      readonly statements: readonly object[]
    }
  })

const removed = fc.constantFrom('OrgPull', 'Push').map(Sid => ({Sid, state: 'absent'}))

/** @param presets names of some that there are. */
export const policySetting = (documents: fc.Arbitrary<object>, presets: readonly string[]) =>
  orNull(
    fc
      .record({
        policy: maybe(policyOf(documents)),
        use: maybe(fc.subarray([...presets])),
        gone: maybe(removed),
        exclusive: maybe(fc.boolean()),
      })
      .map(({policy, use, gone, exclusive}) => {
        const statements = [...(policy?.statements ?? []), ...(gone === undefined ? [] : [gone])]
        const sids = statements.map(statement => ('Sid' in statement ? statement.Sid : undefined))
        return {
          ...policy,
          statements: statements.filter(
            (_, index) => sids[index] === undefined || sids.indexOf(sids[index]) === index,
          ),
          ...(use === undefined ? {} : {use}),
          ...(exclusive === undefined ? {} : {exclusive}),
        }
      }),
  )

export const encryption = fc.constantFrom<unknown>('AES256', 'KMS', {
  type: 'KMS',
  key: 'arn:aws:kms:${region}:${account}:key/1a2b3c4d-5e6f',
})
export const tagMutability = fc.oneof(
  fc.constantFrom<unknown>('MUTABLE', 'IMMUTABLE'),
  fc.record({
    mode: fc.constantFrom('MUTABLE_WITH_EXCLUSION', 'IMMUTABLE_WITH_EXCLUSION'),
    except: fc.uniqueArray(fc.constantFrom('latest', 'dev-*', '1.0'), {minLength: 1, maxLength: 3}),
  }),
)
export const lifecycle = orNull(
  fc.oneof(
    fc.constant<unknown>({use: 'app'}),
    fc.constant<unknown>({expire: [{id: 'old', untagged: true, olderThan: '14d'}]}),
    lifecyclePolicies.map(({rules}) => ({rules})),
  ),
)
export const tags = fc.dictionary(
  tagKeys,
  orNull(fc.oneof(tagValues, fc.constant('of ${alias} ${region}'))),
  {
    maxKeys: 4,
  },
)
