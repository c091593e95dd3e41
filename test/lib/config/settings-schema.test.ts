import {Ajv} from 'ajv'
import {describe, expect, test} from 'vitest'
import {parse as parseYaml} from 'yaml'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {resolveRegistry, resolveRepository} from '../../../src/lib/config/resolve.ts'
import {estateJsonSchema} from '../../../src/lib/config/schema.ts'

const validate = new Ajv({allowUnionTypes: true}).compile(estateJsonSchema())

const everything = `version: 1
vars: {org: o-a1b2c3d4e5}
accounts:
  prod: {id: "222222222222", regions: [eu-west-1, us-east-1]}
  dr: {id: "444455556666", region: eu-central-1}
registries:
  "*":
    settings: {BLOB_MOUNTING: ENABLED}
  prod:
    policy:
      use: [org-pull]
      version: "2012-10-17"
      id: x
      statements:
        - Sid: Replicate
          Effect: Allow
          Principal: {AWS: "arn:aws:iam::\${account}:root"}
          Action: [ecr:ReplicateImage, ecr:CreateRepository]
          Resource: "arn:aws:ecr:\${region}:\${account}:repository/*"
          Condition: {Bool: {"aws:SecureTransport": true}, NumericLessThan: {"aws:x": [1, 2]}}
        - {Sid: Old, state: absent}
      exclusive: true
    scanning: {type: ENHANCED, continuous: ["prod/*"], onPush: ["*"], exclusive: true}
    replication:
      rules:
        - {prefixes: ["prod/"], to: [us-west-2, dr@eu-central-1, "444455556666@eu-west-1"], deletions: true}
        - {state: absent}
      exclusive: true
    pullThroughCache:
      docker-hub:
        upstream: registry-1.docker.io
        kind: docker-hub
        upstreamPrefix: library
        credential: "arn:aws:secretsmanager:\${region}:\${account}:secret:ecr-pullthroughcache/hub-AbCdEf"
        role: arn:aws:iam::222222222222:role/pull
      old: null
    creationTemplates:
      ROOT:
        appliedFor: [CREATE_ON_PUSH]
        description: for all
        encryption: {type: KMS, key: "alias/\${alias}"}
        tagMutability: IMMUTABLE
        policy: null
        lifecycle: {expire: [{untagged: true, olderThan: 14d}]}
        tags: {made: template, old: null}
        role: "arn:aws:iam::\${account}:role/create"
        applyToExisting: true
    signing:
      rules:
        - {profile: "arn:aws:signer:eu-west-1:222222222222:/signing-profiles/prod", repositories: ["prod/*"]}
      exclusive: true
    pullTimeExclusions: {"arn:aws:iam::\${account}:role/scanner": true, "arn:aws:iam::222222222222:user/x": null}
  prod@us-east-1: {policy: null, scanning: null, replication: null, signing: null}
presets:
  policy:
    org-pull:
      statements:
        - Sid: OrgPull
          Effect: Allow
          Principal: "*"
          Action: [ecr:BatchGetImage]
          Condition: {StringEquals: {"aws:PrincipalOrgID": "\${org}"}}
defaults: {in: [prod], encryption: AES256, tagMutability: MUTABLE, scanOnPush: true, policy: {use: org-pull}}
match:
  - names: ["prod/**"]
    set: {tagMutability: {mode: IMMUTABLE_WITH_EXCLUSION, except: ["dev-*"]}, tags: {env: "\${alias}"}}
repositories:
  prod/api: {in: [prod@us-east-1, dr], policy: null, lifecycle: null, encryption: {type: KMS_DSSE}}
  legacy/app: {in: [prod], state: absent, images: delete}
overlays:
  prod: {repositories: {prod/api: {tags: {team: null}}}}
  prod@us-east-1: {defaults: {tags: {region: "\${region}"}}, match: [{names: ["**"], set: {scanOnPush: false}}]}
`

describe('a file that says everything', () => {
  test('is taken, by the checks and by editors', () => {
    expect(validate(parseYaml(everything)), JSON.stringify(validate.errors)).toBe(true)
    const estate = parseEstate(everything, 'repos.yaml')
    const east = {account: '222222222222', region: 'us-east-1', alias: 'prod'}
    expect(resolveRepository(estate, east, 'prod/api').settings).toEqual({
      in: ['prod@us-east-1', 'dr'],
      encryption: {type: 'KMS_DSSE'},
      tagMutability: {mode: 'IMMUTABLE_WITH_EXCLUSION', except: ['dev-*']},
      scanOnPush: false,
      policy: null,
      lifecycle: {value: null, origin: {file: 'repos.yaml', line: 68, column: 54}},
      tags: {made: 'template', old: null, env: 'prod', region: 'us-east-1', team: null},
    })
    expect(resolveRegistry(estate, east).settings).toMatchObject({
      policy: null,
      scanning: null,
      replication: null,
      signing: null,
      creationTemplates: {
        ROOT: {encryption: {type: 'KMS', key: 'alias/prod'}, role: 'arn:aws:iam::222222222222:role/create'},
      },
    })
  })

  test.each([
    ['a slip in a key', 'scanOnPush', 'scanOnPsh'],
    ['an unknown word', 'encryption: AES256', 'encryption: AES128'],
    ['a prefix in capitals', '"prod/"', '"Prod/"'],
    ['a name that is none', 'legacy/app', 'Legacy/App'],
    ['a null that removes nothing', 'BLOB_MOUNTING: ENABLED', 'BLOB_MOUNTING: null'],
    ['a tombstone of all', 'defaults: {in: [prod]', 'defaults: {state: absent'],
  ])('with %s is refused by both', (_, right, wrong) => {
    const text = everything.replace(right, wrong)
    expect(text).not.toBe(everything)
    expect(validate(parseYaml(text))).toBe(false)
    expect(() => parseEstate(text, 'repos.yaml')).toThrow(/^repos\.yaml:\d+:\d+ /)
  })
})

test('every key of what is said of repositories and registries tells editors what it is', () => {
  const {properties} = estateJsonSchema() as {properties: Record<string, unknown>}
  const {defaults, registries, match, repositories, overlays, presets, vars} = properties
  const ecrOwn = /\.rules\.(?:description|selection|action)$/
  const silent = undescribed({defaults, registries, match, repositories, overlays, presets, vars}, '')
  expect(silent.filter(path => !(path.includes('lifecycle') && ecrOwn.test(path)))).toEqual([])
})

/** Paths of the keys without a description in a schema's properties. */
function undescribed(properties: Record<string, unknown>, path: string): readonly string[] {
  return Object.entries(properties).flatMap(([key, schema]) => [
    ...((schema as {description?: string}).description === undefined ? [`${path}.${key}`] : []),
    ...undescribedIn(schema, `${path}.${key}`),
  ])
}

function undescribedIn(schema: unknown, path: string): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const {
    properties,
    items,
    additionalProperties,
    anyOf = [],
  } = schema as {
    readonly properties?: Record<string, unknown>
    readonly items?: unknown
    readonly additionalProperties?: unknown
    readonly anyOf?: readonly unknown[]
  }
  return [
    ...undescribed(properties ?? {}, path),
    ...[items, additionalProperties, ...anyOf].flatMap(inner => undescribedIn(inner, path)),
  ]
}
