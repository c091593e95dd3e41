import {type Recorded, type Reply, replies} from '../hostile-registry.ts'
import {type Behaviours, basicChallenge, json} from './behaviour.ts'
import {planted} from './planted.ts'
import type {Scene} from './scene.ts'

const bearer = (realm: string): string => `Bearer realm="${realm}",service="registry"`

/** Lets nobody in who has no token, and says where to get one. */
function wantsToken(
  {registry}: Scene,
  challenge: string,
  isGood: (request: Recorded) => boolean = isOurs,
): void {
  registry.when(request => !isGood(request), replies.status(401, {'WWW-Authenticate': challenge}))
}

const isOurs = ({headers}: Recorded): boolean => headers.authorization === `Bearer ${planted.token}`

/** A registry that is read, or written to, behaves alike. */
const both = (play: (scene: Scene) => void) => ({source: play, destination: play, isAboutLogin: true})
const everywhere = (play: (scene: Scene) => void) => ({...both(play), elsewhere: play})

const realm = (name: (scene: Scene) => string) => everywhere(scene => wantsToken(scene, bearer(name(scene))))

const strangersRealm = ({stranger}: Scene): string => `http://localhost:${stranger.host.split(':')[1]}/token`

function issues({tokens}: Scene, reply: Reply): void {
  tokens.always('GET', '/token', reply)
}

/** Credentials and their challenges, H13 to H21. */
export const authentication = {
  'H13 has tokens issued on another domain': {
    ...both(scene => wantsToken(scene, bearer(strangersRealm(scene)))),
    aws: scene =>
      scene.aws.when(
        ({url}) => url.startsWith('/v2/'),
        replies.status(401, {'WWW-Authenticate': bearer(strangersRealm(scene))}),
      ),
  },
  'H13 has tokens issued on another domain of the network': {
    isAboutLogin: true,
    elsewhere: scene => wantsToken(scene, bearer('https://registry.example.evil.test/token')),
  },
  'H13 has a token service that leads elsewhere': both(scene => {
    issues(scene, replies.redirect(`${scene.stranger.origin}/token`))
    wantsToken(scene, bearer(`${scene.tokens.origin}/token`))
  }),
  'H14 has tokens issued by the metadata service': realm(() => 'http://169.254.169.254/latest/meta-data/'),
  'H14 has tokens issued on a private address': realm(() => 'https://192.168.0.1/token'),
  'H14 has tokens issued on the machine of its reader': {
    isAboutLogin: true,
    elsewhere: scene => wantsToken(scene, bearer(`${scene.stranger.origin}/token`)),
  },
  'H15 has tokens issued by http': realm(() => 'http://auth.registry.example/token'),
  'H15 has tokens issued by a file': realm(() => 'file:///etc/passwd'),
  'H16 asks for a token and does not say where': both(scene =>
    wantsToken(scene, 'Bearer service="registry"'),
  ),
  'H16 asks for something and does not say for what': both(({registry}) =>
    registry.when(() => true, replies.status(401)),
  ),
  'H17 asks for one of several things': both(scene => {
    issues(scene, json({token: planted.token, expires_in: 300}))
    wantsToken(scene, `Negotiate, Basic realm="a, b", ${bearer(`${scene.tokens.origin}/token`)}`)
  }),
  'H18 never takes the login': both(({registry}) => registry.when(() => true, basicChallenge)),
  'H18 never takes a token': both(scene => {
    issues(scene, json({token: planted.token, expires_in: 300}))
    wantsToken(scene, bearer(`${scene.tokens.origin}/token`), () => false)
  }),
  'H18 shows the login in its refusal': both(({registry}) =>
    registry.when(
      () => true,
      ({headers}, response) =>
        response
          .writeHead(401, {'WWW-Authenticate': 'Basic realm="registry"'})
          .end(`no such user: ${headers.authorization ?? ''} (${planted.password})`),
    ),
  ),
  'H19 has tokens of ten megabytes': both(scene => {
    issues(scene, replies.status(200, {}, JSON.stringify({token: 'x'.repeat(10 * 1024 * 1024)})))
    wantsToken(scene, bearer(`${scene.tokens.origin}/token`))
  }),
  'H20 has tokens that end at once': both(scene => {
    issues(scene, json({token: planted.token, expires_in: 1}))
    wantsToken(scene, bearer(`${scene.tokens.origin}/token`))
  }),
  'H20 has tokens that cannot be sent': both(scene => {
    issues(scene, json({token: 'a\r\nX-Injected: b', expires_in: 300}))
    wantsToken(scene, bearer(`${scene.tokens.origin}/token`))
  }),
  'H21 refuses in plain text, with control characters': both(({registry}) =>
    registry.when(
      () => true,
      replies.status(403, {}, 'Forbidden\r\n::set-env name=A::b\u001b]0;title\u0007\u001b[2K \u202egnol'),
    ),
  ),
} satisfies Behaviours
