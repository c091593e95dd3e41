import {arnRules} from './arns.ts'
import {encryptionRules} from './encryption.ts'
import type {ReposLintRule} from './finding.ts'
import {matchRules} from './match-rules.ts'
import {policyRules} from './policies.ts'
import {promotionRules} from './promotions.ts'
import {pullThroughRules} from './pull-through.ts'
import {quotaRules} from './quotas.ts'
import {replicaRules} from './replicas.ts'
import {replicationRules} from './replication.ts'
import {scanningRules} from './scanning.ts'
import {templateRules} from './templates.ts'
import {unusedRules} from './unused.ts'

/** Everything that is looked for here alone, in the order of docs/repos-lint.md. */
export const reposRules: readonly ReposLintRule[] = [
  ...unusedRules,
  ...matchRules,
  ...promotionRules,
  ...encryptionRules,
  ...arnRules,
  ...scanningRules,
  ...replicationRules,
  ...replicaRules,
  ...pullThroughRules,
  ...templateRules,
  ...policyRules,
  ...quotaRules,
]
