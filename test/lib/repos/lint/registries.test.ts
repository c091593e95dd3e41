import {describeCodes} from './support.ts'

const cache = (prefix: string, rule: string) =>
  `registries:\n  dev: {pullThroughCache: {${prefix}: {${rule}}}}\n`
const template = (settings: string) =>
  `registries:\n  dev: {creationTemplates: {web: {appliedFor: [CREATE_ON_PUSH], lifecycle: {expire: [{untagged: true, olderThan: 9d}]}, ${settings}}}}\n`
const secret = (account: string) =>
  `arn:aws:secretsmanager:eu-west-1:${account}:secret:ecr-pullthroughcache/hub-AbCdEf`

const role = 'arn:aws:iam::111111111111:role/ecr'
const profile = (region: string) => `arn:aws:signer:${region}:111111111111:/signing-profiles/release`

describeCodes('what registries are configured with', [
  [
    'role-of-other-account',
    `registries:\n  prod: {creationTemplates: {web: {appliedFor: [CREATE_ON_PUSH], role: "${role}"}}}\n`,
    [
      '6:72 registries.prod.creationTemplates.web.role (prod@eu-west-1, prod@us-east-1) The role is of 111111111111, and the registry of 222222222222: ECR refuses it.',
    ],
    cache('team', `upstream: 222222222222.dkr.ecr.eu-west-1.amazonaws.com, role: "${role}"`),
  ],
  [
    'profile-of-other-region',
    `registries:\n  prod: {signing: {rules: [{profile: "${profile('eu-west-1')}"}]}}\n`,
    [
      '6:28 registries.prod.signing.rules[0] (prod@us-east-1) The signing profile is of eu-west-1, and the registry of us-east-1: ECR refuses it.',
    ],
    `registries:\n  prod: {signing: {rules: [{profile: "${profile('${region}')}"}]}}\n`,
  ],
  [
    'scan-filter-contains',
    'registries: {dev: {scanning: {type: ENHANCED, continuous: [prod], onPush: ["*"]}}}\n',
    [
      '5:59 registries.dev.scanning.continuous (dev@eu-west-1) The filter "prod" fits every name that contains it, such as "other-prod-x".',
    ],
    'registries: {dev: {scanning: {type: ENHANCED, continuous: ["prod*"], onPush: ["*"]}}}\n',
  ],
  [
    'scan-on-push-unused',
    'registries: {dev: {scanning: {type: ENHANCED, onPush: ["*"]}}}\nrepositories: {app/api: {in: [dev], scanOnPush: true}}\n',
    [
      '6:49 repositories."app/api".scanOnPush (dev@eu-west-1) (app/api) It is said of a repository, and the enhanced scanning of the registry goes by its filters alone.',
    ],
    'registries: {dev: {scanning: {type: BASIC, onPush: ["*"]}}}\nrepositories: {app/api: {in: [dev], scanOnPush: true}}\n',
  ],
  [
    'immutable-cache',
    `${cache('hub', 'upstream: quay.io')}defaults: {tagMutability: IMMUTABLE}\nrepositories: {hub/nginx: {}, hubs/nginx: {}}\n`,
    [
      '7:27 defaults.tagMutability (dev@eu-west-1) (hub/nginx) Tags are immutable where the pull-through cache hub fills: a tag that has moved upstream stays what it was when it was first pulled.',
    ],
    `${cache('hub', 'upstream: quay.io')}defaults: {tagMutability: IMMUTABLE}\nmatch: [{names: ["hub/**"], set: {tagMutability: MUTABLE}}]\nrepositories: {hub/nginx: {}, hubs/nginx: {}}\n`,
  ],
  [
    'upstream-unknown',
    cache('hub', 'upstream: docker.io'),
    [
      '6:44 registries.dev.pullThroughCache.hub.upstream (dev@eu-west-1) docker.io is no registry that ECR is known to cache.',
    ],
    cache('hub', 'upstream: my.azurecr.io'),
  ],
  [
    'credential-missing',
    cache('hub', 'upstream: registry-1.docker.io'),
    [
      '6:33 registries.dev.pullThroughCache.hub (dev@eu-west-1) registry-1.docker.io is pulled from with credentials alone, and the rule hub has none.',
    ],
    cache('hub', `upstream: registry-1.docker.io, credential: "${secret('111111111111')}"`),
  ],
  [
    'credential-elsewhere',
    cache('hub', `upstream: registry-1.docker.io, credential: "${secret('222222222222')}"`),
    [
      '6:78 registries.dev.pullThroughCache.hub.credential (dev@eu-west-1) The secret is of 222222222222 in eu-west-1, and the registry of 111111111111 in eu-west-1: ECR refuses it.',
    ],
    cache('hub', `upstream: registry-1.docker.io, credential: "${secret('111111111111')}"`),
  ],
  [
    'upstream-role-missing',
    cache('team', 'upstream: 222222222222.dkr.ecr.eu-west-1.amazonaws.com'),
    [
      '6:34 registries.dev.pullThroughCache.team (dev@eu-west-1) The registry of 222222222222 is pulled from with a role alone, and the rule team has none.',
    ],
    cache('team', 'upstream: 111111111111.dkr.ecr.us-east-1.amazonaws.com'),
  ],
  [
    'template-without-role',
    template('tags: {team: web}'),
    [
      '6:34 registries.dev.creationTemplates.web (dev@eu-west-1) The template web has tags and no role: no repository can be made from it.',
    ],
    template('tags: {team: web}, role: "arn:aws:iam::111111111111:role/ecr"'),
  ],
  [
    'template-without-lifecycle',
    'registries:\n  dev: {creationTemplates: {web: {appliedFor: [REPLICATION]}}}\n',
    [
      '6:34 registries.dev.creationTemplates.web (dev@eu-west-1) What REPLICATION makes from the template web has no lifecycle policy: nothing in it ever goes.',
    ],
    template('description: x'),
  ],
])
