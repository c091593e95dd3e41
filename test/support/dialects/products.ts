import {base64Of, type Dialect, user} from './dialect.ts'
import {type Call, fail, repositoryOf, type Store} from './registry.ts'

const isMissing = ({visit, repository, kind, what}: Call, store: Store) =>
  kind === 'manifests' && visit.method !== 'PUT' && !store.get(repository)?.manifests.has(what)

/** A project has to be there; immutable tags are 412 (goharbor/harbor#9427). */
export const harbor: Dialect = {
  name: 'Harbor',
  host: 'harbor.corp.example',
  repository: 'library/app',
  login: user('robot$ci'),
  tokens: {
    host: 'harbor.corp.example',
    words: () => ({
      realm: 'https://harbor.corp.example/service/token',
      service: 'harbor-registry',
      answer: token => ({token, access_token: '', expires_in: 1800, issued_at: new Date().toISOString()}),
    }),
  },
  words: {
    referrers: 'listed',
    first(call, response, store) {
      const {visit, repository, kind, what} = call
      if (!repository.startsWith('library/'))
        return fail(response, 404, 'NOT_FOUND', `project ${repository.split('/')[0]} not found`)
      const isTaken = visit.method === 'PUT' && kind === 'manifests' && what === 'immutable'
      return (
        isTaken &&
        repositoryOf(store, repository).manifests.has(what) &&
        fail(
          response,
          412,
          'PRECONDITION',
          `Failed to process request due to '${what}' configured as immutable.`,
        )
      )
    },
  },
  stored: {kind: 'podman', auths: {'harbor.corp.example': {auth: base64Of(user('robot$ci'))}}},
}

/** Denies what is not there (cosign#2973); the first part of the path is the repository, and uploads have relative URLs. */
export const artifactory: Dialect = {
  name: 'Artifactory',
  host: 'acme.jfrog.io',
  repository: 'docker-local/app',
  login: user('deployer'),
  tokens: {
    host: 'acme.jfrog.io',
    words: () => ({
      realm: 'https://acme.jfrog.io/artifactory/api/docker/null/v2/token',
      service: 'acme.jfrog.io',
      answer: token => ({token, expires_in: 3600}),
    }),
  },
  words: {
    location: (name, id) => `${'../'.repeat(2)}blobs/uploads/${id}?repository=${encodeURIComponent(name)}`,
    first: (call, response, store) =>
      isMissing(call, store) &&
      fail(response, 403, 'UNAUTHORIZED', 'The client does not have permission for manifest'),
  },
  stored: {
    kind: 'podman',
    auths: {
      'acme.jfrog.io': {auth: base64Of(user('somebody-else'))},
      'acme.jfrog.io/docker-local': {auth: base64Of(user('deployer'))},
    },
  },
}

/** A repository is made when somebody who may asks for the right to push to it; knows pull and push alone (quay/quay, v2auth.py). */
export const quay: Dialect = {
  name: 'Quay',
  host: 'quay.io',
  repository: 'team/app',
  login: user('team+robot'),
  tokens: {
    host: 'quay.io',
    words: store => ({
      realm: 'https://quay.io/v2/auth',
      service: 'quay.io',
      answer: token => ({token}),
      scopes: /^repository:[a-z0-9/._-]+:(?:push|pull|\*)(?:,(?:push|pull|\*))*$/,
      grant(repository, actions, isKnown) {
        if (isKnown && actions.includes('push')) repositoryOf(store, repository)
        return store.has(repository) ? actions : []
      },
    }),
  },
  words: {blobsAt: digest => `https://cdn01.quay.io/${digest}?Signature=signature`, referrers: 'listed'},
  storage: 'cdn01.quay.io',
  stored: {kind: 'podman', auths: {'quay.io': {auth: base64Of(user('team+robot'))}}},
}
