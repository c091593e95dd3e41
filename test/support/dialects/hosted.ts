import {base64Of, type Dialect, user} from './dialect.ts'
import {fail} from './registry.ts'

const issuedAt = () => new Date().toISOString()

const hubLogin = user('hub')
export const hub: Dialect = {
  name: 'Docker Hub',
  host: 'docker.io',
  servedAt: 'registry-1.docker.io',
  repository: 'team/app',
  login: hubLogin,
  tokens: {
    host: 'auth.docker.io',
    words: () => ({
      realm: 'https://auth.docker.io/token',
      service: 'registry.docker.io',
      answer: token => ({token, access_token: token, expires_in: 300, issued_at: issuedAt()}),
    }),
  },
  words: {blobsAt: digest => `https://production.cloudflare.docker.com/${digest}?verify=signature`},
  storage: 'production.cloudflare.docker.com',
  stored: {kind: 'docker', auths: {'https://index.docker.io/v1/': {auth: base64Of(hubLogin)}}},
}

/** No expires_in; the list of referrers is a page of the web site (artifacthub#4785). */
export const ghcr: Dialect = {
  name: 'GHCR',
  host: 'ghcr.io',
  repository: 'team/app',
  login: user('octocat'),
  tokens: {
    host: 'ghcr.io',
    words: store => ({
      realm: 'https://ghcr.io/token',
      service: 'ghcr.io',
      answer: token => ({token}),
      grant: (repository, actions, isKnown) => (isKnown || store.has(repository) ? actions : undefined),
    }),
  },
  words: {
    blobsAt: digest => `https://pkg-containers.githubusercontent.com/ghcr1/blobs/${digest}?sig=signature`,
    referrers: {location: 'https://github.com/-/v2/packages/container/package/team%2Fapp%2Freferrers'},
  },
  storage: 'pkg-containers.githubusercontent.com',
  stored: {kind: 'docker', auths: {'ghcr.io': {username: 'octocat', password: 'planted-of-octocat'}}},
}

/** Uploads and downloads go on below other paths; a repository that is not there is 404 (`artifacts-uploads` in its clients' code). */
export const gar: Dialect = {
  name: 'Google Artifact Registry',
  host: 'europe-docker.pkg.dev',
  repository: 'project/images/app',
  login: user('oauth2accesstoken'),
  tokens: {
    host: 'europe-docker.pkg.dev',
    words: () => ({
      realm: 'https://europe-docker.pkg.dev/v2/token',
      service: 'europe-docker.pkg.dev',
      answer: token => ({token, expires_in: 3600, issued_at: issuedAt()}),
    }),
  },
  words: {
    location: (_, id) => `/artifacts-uploads/namespaces/project/repositories/images/uploads/${id}`,
    first: ({repository}, response) =>
      !repository.startsWith('project/images/') &&
      fail(response, 404, 'NAME_UNKNOWN', 'Repository not found'),
  },
  stored: {kind: 'helper', helper: 'gcloud'},
}

/** Refresh tokens by POST (azure.github.io/acr/AAD-OAuth), and a right of its own for lists of tags (argocd-image-updater#1502). */
export const acr: Dialect = {
  name: 'Azure Container Registry',
  host: 'contoso.azurecr.io',
  repository: 'team/app',
  login: user('azure'),
  tokens: {
    host: 'contoso.azurecr.io',
    words: () => ({
      realm: 'https://contoso.azurecr.io/oauth2/token',
      service: 'contoso.azurecr.io',
      answer: token => ({access_token: token}),
      oauth: true,
    }),
  },
  words: {
    blobsAt: digest => `https://weumanaged.blob.core.windows.net/${digest}?se=2026&sig=signature`,
    referrers: 'listed',
    listAction: 'metadata_read',
  },
  storage: 'weumanaged.blob.core.windows.net',
  stored: {
    kind: 'docker',
    auths: {
      'contoso.azurecr.io': {
        auth: base64Of(user('00000000-0000-0000-0000-000000000000', '')),
        identitytoken: 'planted-of-azure',
      },
    },
  },
}

/** The token service is GitLab itself, and its tokens live for five minutes: here, for so many requests. */
export const gitlab: Dialect = {
  name: 'GitLab',
  host: 'registry.gitlab.com',
  repository: 'group/project/app',
  login: user('gitlab-ci-token'),
  tokens: {
    host: 'gitlab.com',
    words: () => ({
      realm: 'https://gitlab.com/jwt/auth',
      service: 'container_registry',
      answer: token => ({token}),
      uses: 25,
    }),
  },
  words: {
    location: (name, id) => `https://registry.gitlab.com/v2/${name}/blobs/uploads/${id}?_state=a-_%3D%3D`,
    blobsAt: digest => `https://storage.googleapis.com/gitlab/${digest}?X-Goog-Signature=signature`,
  },
  storage: 'storage.googleapis.com',
  stored: {kind: 'docker', auths: {'registry.gitlab.com': {auth: base64Of(user('gitlab-ci-token'))}}},
}

/** Does not say which blobs it has (containers-roadmap#2671); pushed to with AWS's credentials alone. */
export const ecrPublic: Dialect = {
  name: 'ECR Public',
  host: 'public.ecr.aws',
  repository: 'alias/app',
  login: user('AWS'),
  tokens: {
    host: 'public.ecr.aws',
    words: () => ({
      realm: 'https://public.ecr.aws/token/',
      service: 'public.ecr.aws',
      answer: token => ({token, expires_in: 43_200}),
    }),
  },
  words: {blobsAt: digest => `https://d2glxqk2uabbnd.cloudfront.net/${digest}?Signature=signature`},
  storage: 'd2glxqk2uabbnd.cloudfront.net',
  stored: {kind: 'docker', auths: {}},
}
