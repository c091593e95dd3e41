import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {execa} from 'execa'
import {goTestProgram, goTool} from '../../support/go-tools.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {go} from '../versions.ts'
import {type Outcome, readJunit} from './judge.ts'

/** A registry that has these four repositories, all of them empty. */
export interface Candidate {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly username: string
  readonly password: string
}

export const repositories = ['main/one', 'main/two', 'v1.1.1/one', 'v1.1.1/two'] as const

/** Runs a suite against a registry. `version` is that of the specification, where the suite knows several. */
export type Suite = (candidate: Candidate, version?: '1.0' | '1.1' | 'dev') => Promise<Outcome>

const programs = {
  main: await goTool(go.conformance),
  'v1.1.1': await goTestProgram(go.conformance111),
}

/** The suites of the OCI distribution specification that are to be had here: `main`, its newest, and `v1.1.1`. */
export const suites: Readonly<Partial<Record<keyof typeof programs, Suite>>> = {
  ...(programs.main && {main: mainSuite(programs.main)}),
  ...(programs['v1.1.1'] && {'v1.1.1': suite111(programs['v1.1.1'])}),
}

function mainSuite(program: string): Suite {
  return async ({url, username, password}, version = '1.1') => {
    const folder = await temporaryFolder()
    return runSuite(program, folder, {
      // Without a file, the environment says all.
      OCI_CONFIGURATION: '/dev/null',
      OCI_RESULTS_DIR: folder,
      OCI_REGISTRY: new URL(url).host,
      OCI_TLS: 'disabled',
      OCI_VERSION: version,
      OCI_USERNAME: username,
      OCI_PASSWORD: password,
      OCI_REPO1: repositories[0],
      OCI_REPO2: repositories[1],
      // ECR knows SHA-256 alone.
      OCI_DATA_SHA512: 'false',
    })
  }
}

function suite111(program: string): Suite {
  return async ({url, username, password}) => {
    const folder = await temporaryFolder()
    return runSuite(program, folder, {
      OCI_ROOT_URL: url,
      OCI_NAMESPACE: repositories[2],
      OCI_CROSSMOUNT_NAMESPACE: repositories[3],
      OCI_USERNAME: username,
      OCI_PASSWORD: password,
      OCI_TEST_PULL: '1',
      OCI_TEST_PUSH: '1',
      OCI_TEST_CONTENT_DISCOVERY: '1',
      OCI_TEST_CONTENT_MANAGEMENT: '1',
      OCI_REPORT_DIR: folder,
    })
  }
}

async function runSuite(
  program: string,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Outcome> {
  // It ends with 1 when a test has failed.
  await execa(program, [], {cwd: folder, env, extendEnv: false, reject: false, stdin: 'ignore'})
  return readJunit(await readFile(join(folder, 'junit.xml'), 'utf8'))
}
