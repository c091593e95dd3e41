import {join} from 'node:path'
import ecrModel from '../../src/lib/sandbox/api/model/ecr.json' with {type: 'json'}
import {http, smallImage} from '../lib/sandbox/support.ts'
import {cleanEnvironment} from '../support/cli.ts'
import {pythonPrograms} from '../support/python-tools.ts'
import {startServer} from '../support/server-process.ts'
import {python} from './versions.ts'

/** ECRs that others wrote. Each starts on loopback with its data below a folder, ends with the test, and returns its URL. */
export type StartEmulator = (folder: string) => Promise<string>

const moto = await pythonPrograms(...python.moto)
const ministack = await pythonPrograms(python.ministack)
const listening = /Running on (http:\/\/127\.0\.0\.1:\d+)/

export const startMoto: StartEmulator | undefined =
  moto === undefined
    ? undefined
    : folder =>
        startServer([join(moto, 'moto_server'), '-H', '127.0.0.1', '-p', '0'], listening, {
          folder,
          env: cleanEnvironment(folder),
        })

export const startMinistack: StartEmulator | undefined =
  ministack === undefined
    ? undefined
    : folder =>
        startServer([join(ministack, 'ministack')], listening, {
          folder,
          env: {
            ...cleanEnvironment(folder),
            // It listens to the whole network otherwise, with its broker of messages too.
            BIND_HOST: '127.0.0.1',
            IOT_MTLS_ENABLED: '0',
            GATEWAY_PORT: '0',
            SERVICES: 'ecr,sts,iam',
          },
        })

/** Says yes where an answer to an operation means that there is no such operation. */
type IsUnknown = (answer: {readonly status: number; readonly text: string}) => boolean

/** The operations of ECR that an emulator does not know, in alphabetical order. */
export async function unknownOperations(url: string, isUnknown: IsUnknown): Promise<readonly string[]> {
  const unknown: string[] = []
  const last = 'DeleteRepository'
  const others = Object.keys(ecrModel.operations).filter(operation => operation !== last)
  for (const operation of [...others, last]) {
    if (isUnknown(await ask(url, operation))) unknown.push(operation)
  }
  return unknown
}

/** What it takes for the operations that emulators have not to fail otherwise than by name. */
const everything = {
  repositoryName: 'team/app',
  repositoryNames: ['team/app'],
  resourceArn: 'arn:aws:ecr:eu-west-1:123456789012:repository/team/app',
  imageIds: [{imageTag: 'v1'}],
  imageId: {imageTag: 'v1'},
  imageManifest: smallImage().manifest,
  policyText: '{}',
  lifecyclePolicyText: '{}',
  imageTagMutability: 'MUTABLE',
  imageScanningConfiguration: {scanOnPush: true},
  scanType: 'BASIC',
  rules: [],
  replicationConfiguration: {rules: []},
  tags: [{Key: 'team', Value: 'app'}],
  tagKeys: [],
  layerDigests: [`sha256:${'0'.repeat(64)}`],
}

function ask(url: string, operation: string) {
  return http(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerRegistry_V20150921.${operation}`,
      authorization:
        'AWS4-HMAC-SHA256 Credential=123456789012/20260101/eu-west-1/ecr/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(everything),
  })
}
