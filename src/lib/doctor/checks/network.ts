import {type Check, ok, warning} from '../check.ts'
import type {Machine} from '../world.ts'

const authorityVariables = ['NODE_EXTRA_CA_CERTS', 'AWS_CA_BUNDLE', 'SSL_CERT_FILE'] as const

/** Of every check that does without. */
export const needsNetwork = 'not checked: proxy and authorities have to be right first'

/** Whether proxies and authorities are named as they have to be; whether they serve is what each endpoint shows. */
export const network: Check<Pick<Machine, 'aws' | 'env'>> = {
  id: 'network',
  title: 'proxy and authorities',

  async run({aws, env}) {
    const {network: found, sandboxUrl} = await aws()
    if (sandboxUrl !== undefined) return ok('not used: the sandbox is on this machine')
    // A host that no NO_PROXY of any use names.
    const proxy = found?.proxyFor('gantry.invalid', 443)
    const exceptions = env['no_proxy'] || env['NO_PROXY'] ? ', but for NO_PROXY' : ''
    const files = authorityVariables.filter(name => env[name])
    const said = [
      proxy === undefined ? 'no proxy' : `proxy ${proxy.name}${exceptions}`,
      files.length === 0 ? 'authorities of Node.js' : `authorities of Node.js and ${files.join(', ')}`,
    ].join('; ')
    if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return ok(said)
    return warning(
      `${said}; NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored: certificates are always checked`,
      'Unset it, and name the certificate of a private authority: NODE_EXTRA_CA_CERTS=FILE.',
    )
  },
}
