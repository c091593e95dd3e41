import {boolean, string} from '@oclif/core/flags'
import {type CommandResult, type Context, GantryCommand} from '../../lib/cli/command.ts'
import {wholeNumber} from '../../lib/cli/flags.ts'
import {untilAborted, writeReadyFile} from '../../lib/cli/server.ts'
import {exitCodes, UsageError} from '../../lib/errors.ts'
import type {RegistryPort, Sandbox, SandboxProxy} from '../../lib/sandbox/types.ts'

/** How any tool reaches the sandbox by AWS's own host names. */
interface ProxyResult {
  readonly url: string
  readonly caFile: string
  readonly environment: Readonly<Record<string, string>>
}

interface StartResult extends CommandResult {
  readonly summary: {readonly url: string; readonly proxy?: ProxyResult}
  readonly items: readonly {readonly registry: string; readonly url: string}[]
}

export default class SandboxStart extends GantryCommand<StartResult> {
  static override summary = 'Serve an embedded ECR on this machine.'
  static override description = [
    "Any number of accounts and regions from one port of 127.0.0.1: ECR's API, STS and the registries.",
    'Commands that run with GANTRY_SANDBOX set send everything there.',
    'Runs until SIGINT or SIGTERM, and then ends with 0.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> --port 4510',
    '<%= config.bin %> <%= command.id %> --proxy 3128',
    '<%= config.bin %> <%= command.id %> --data ./sandbox --registry 111111111111/eu-west-1=4511 --ready-file ready.json',
  ]
  static override flags = {
    port: wholeNumber({
      min: 0,
      max: 65_535,
      default: 0,
      summary: 'Port on 127.0.0.1; any free one without it.',
    }),
    data: string({helpValue: 'DIR', summary: 'Keep the state in this directory; in memory without it.'}),
    registry: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'ACCOUNT/REGION=PORT',
      summary: 'Serve one registry at a port of its own, for clients that cannot send its host name.',
    }),
    proxy: wholeNumber({
      min: 0,
      max: 65_535,
      helpValue: 'PORT',
      summary: "Serve a proxy through which any tool uses AWS's own host names; port 0 is any free one.",
    }),
    'strict-spec': boolean({
      summary: 'Answer as the OCI distribution specification has it wherever ECR deviates from it.',
    }),
    upstream: string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'HOST=URL',
      summary: 'Let a registry on this machine stand for an upstream registry of pull-through cache rules.',
    }),
    events: string({
      helpValue: 'FILE|URL',
      summary: 'Append events to this file, or post them to this http: URL of this machine.',
    }),
    rates: string({
      options: ['published'],
      summary: 'Answer as many calls per second as AWS publishes, and refuse what is more; all without it.',
    }),
    'ready-file': string({
      helpValue: 'FILE',
      summary: 'Write the addresses to this file once all are served.',
    }),
  }

  #sandbox: Sandbox | undefined

  protected async execute({now}: Context): Promise<StartResult> {
    const {flags} = await this.parse(SandboxStart)
    const registries = (flags.registry ?? []).map(parseRegistryPort)
    const {startSandbox} = await import('../../lib/sandbox/start.ts')
    const sandbox = await startSandbox({
      port: flags.port,
      registries,
      now,
      strictSpec: flags['strict-spec'],
      upstreams: Object.fromEntries((flags.upstream ?? []).map(parseUpstream)),
      ...(flags.data && {data: flags.data}),
      ...(flags.events && {events: flags.events}),
      ...(flags.rates && {rates: 'published'}),
      ...(flags.proxy !== undefined && {proxy: flags.proxy}),
    })
    this.#sandbox = sandbox
    const {url, registryUrls} = sandbox
    const summary = {url, ...(sandbox.proxy && {proxy: proxyResult(sandbox.proxy, registries)})}
    const ready = {...summary, registries: Object.fromEntries(registryUrls)}
    try {
      if (flags['ready-file']) await writeReadyFile(flags['ready-file'], ready)
    } catch (error) {
      // The process ends only when nothing is served any more.
      await sandbox.close()
      throw error
    }
    const items = Array.from(registryUrls, ([registry, url]) => ({registry, url}))
    return {summary, items, warnings: [], exitCode: exitCodes.done}
  }

  protected view({summary, items}: StartResult): string {
    const lines = items.map(({registry, url}) => `# registry ${registry} at ${url}`)
    return [
      `# sandbox at ${summary.url}; Ctrl-C ends it`,
      ...lines,
      `export GANTRY_SANDBOX=${summary.url}`,
      ...(summary.proxy === undefined ? [] : proxyLines(summary.proxy)),
    ].join('\n')
  }

  protected override async serve({signal}: Context): Promise<void> {
    await untilAborted(signal)
    await this.#sandbox?.close()
  }
}

function proxyResult(proxy: SandboxProxy, registries: readonly RegistryPort[]): ProxyResult {
  const [{account, region} = {account: '111111111111', region: 'us-east-1'}] = registries
  return {url: proxy.url, caFile: proxy.caFile, environment: proxy.env(account, region)}
}

/** For a POSIX shell. */
function proxyLines({url, caFile, environment}: ProxyResult): string[] {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${quoted(value)}`)
  const forEngine = variables.filter(variable => /^(HTTPS_PROXY|NO_PROXY|SSL_CERT_FILE)=/.test(variable))
  return [
    '',
    `# AWS's own host names, for any tool, by the proxy at ${url} and the certificate in ${caFile}`,
    'unset AWS_PROFILE',
    ...variables.map(variable => `export ${variable}`),
    `# the same for a Docker engine: sudo env ${forEngine.join(' ')} dockerd`,
  ]
}

function quoted(text: string): string {
  return /^[\w./:,-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

function parseRegistryPort(text: string): RegistryPort {
  const [, account, region, port] = /^(\d{12})\/([a-z0-9-]{1,40})=(\d{1,5})$/.exec(text) ?? []
  if (account !== undefined && region !== undefined && Number(port) <= 65_535)
    return {account, region, port: Number(port)}
  throw new UsageError(
    'INVALID_REGISTRY_PORT',
    `--registry "${text}" is not ACCOUNT/REGION=PORT, such as 111111111111/eu-west-1=4511.`,
  )
}

function parseUpstream(text: string): readonly [host: string, url: string] {
  const [, host, url] = /^([a-z0-9.-]+)=(.+)$/.exec(text) ?? []
  if (host !== undefined && url !== undefined) return [host, url]
  throw new UsageError(
    'INVALID_UPSTREAMS',
    `--upstream "${text}" is not HOST=URL, such as registry-1.docker.io=http://127.0.0.1:5000.`,
  )
}
