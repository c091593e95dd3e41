import type {LifecycleImage} from '../../lifecycle/clocks.ts'
import type {Decision} from '../../lifecycle/evaluate.ts'
import type {LifecycleRule} from '../../lifecycle/policy.ts'
import type {Blocked} from '../../lifecycle/settle.ts'
import type {Services} from '../services.ts'
import type {Repository} from '../state/repository.ts'

// "10 or more" images are told in several events (ECR user guide, logging-using-cloudtrail).
const imagesInOneEvent = 9
const tagsOfOneImage = 100

interface PolicyRun {
  readonly name: 'PolicyExecutionEvent' | 'DryRunEvent'
  readonly id: string
  readonly version: number
  readonly rules: readonly LifecycleRule[]
  readonly lastEvaluatedAt: number
  readonly carriedOut: readonly Decision<LifecycleImage>[]
  readonly blocked: readonly Blocked<LifecycleImage>[]
}

/** Tells what a policy did, or in a preview would do, as CloudTrail does; nothing when it does nothing (unconfirmed). */
export function tellRun(services: Services, {id: {account, region, name}}: Repository, run: PolicyRun): void {
  const policy = {
    lifecycleEventRules: run.rules.map(ruleOf),
    lastEvaluatedAt: run.lastEvaluatedAt,
    policyVersion: run.version,
    policyId: run.id,
  }
  const items = [
    ...run.carriedOut.map(decision => ({action: itemOf(decision)})),
    ...run.blocked.map(({decision, indexes}) => ({
      failure: {
        ...itemOf(decision),
        failureCode: 'ImageReferencedByManifestList',
        failureReason: `Requested image referenced by manifest list: [${indexes.join(', ')}]`,
      },
    })),
  ]
  for (let start = 0; start < items.length; start += imagesInOneEvent) {
    const some = items.slice(start, start + imagesInOneEvent)
    services.events.emit({
      type: 'AWS Service Event via CloudTrail',
      account,
      region,
      detail: {
        eventSource: 'ecr.amazonaws.com',
        eventName: run.name,
        eventType: 'AwsServiceEvent',
        serviceEventDetails: {
          repositoryName: name,
          lifecycleEventPolicy: policy,
          lifecycleEventImageActions: some.flatMap(item => ('action' in item ? [item.action] : [])),
          lifecycleEventFailureDetails: some.flatMap(item => ('failure' in item ? [item.failure] : [])),
        },
      },
    })
  }
}

function ruleOf({rulePriority, description, selection, action}: LifecycleRule): object {
  const {tagStatus, tagPrefixList = [], tagPatternList, countType, countUnit, countNumber} = selection
  return {
    rulePriority,
    ...(description === undefined ? {} : {description}),
    lifecycleEventSelection: {
      tagStatus: inWords(tagStatus),
      tagPrefixList,
      ...(tagPatternList === undefined ? {} : {tagPatternList}),
      countType: inWords(countType),
      ...(countUnit === undefined ? {} : {countUnit}),
      countNumber,
    },
    action: action.type,
  }
}

function itemOf({image: {digest, tags, pushedAt}, rule}: Decision<LifecycleImage>): object {
  return {
    lifecycleEventImage: {
      digest,
      tagStatus: tags.length === 0 ? 'Untagged' : 'Tagged',
      tagList: tags.slice(0, tagsOfOneImage),
      pushedAt,
    },
    rulePriority: rule.rulePriority,
  }
}

/** `imageCountMoreThan` is "Image count more than" in these events; how they name the other types is unconfirmed. */
function inWords(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
