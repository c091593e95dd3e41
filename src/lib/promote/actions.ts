import {transferCost} from '../ecr/transfer-cost.ts'
import type {PlanAction} from '../plan/document.ts'
import type {ImagePlan} from './model.ts'
import {bytesOf, targetOf} from './plan.ts'

/** The plan's changes as a plan file lists them: repositories, images, tags. */
export function actionsOf(plans: readonly ImagePlan[]): PlanAction[] {
  const actions = plans.flatMap(plan => [...repositoryAction(plan), ...copyAction(plan), ...tagActions(plan)])
  return [...new Map(actions.map(action => [action.id, action])).values()]
}

function repositoryAction(plan: ImagePlan): PlanAction[] {
  if (!plan.createRepository) return []
  const subject = targetOf(plan)
  return [
    {
      id: `create-repository ${subject}`,
      verb: 'create-repository',
      subject,
      before: null,
      after: plan.repository,
      why: ['the repository does not exist', '--create-repositories'],
      precondition: 'the repository does not exist',
      ...(plan.settings === undefined ? {} : {detail: {...plan.settings}}),
    },
  ]
}

function copyAction(plan: ImagePlan): PlanAction[] {
  const missing = [...plan.manifests, ...plan.referrers]
  if (missing.length === 0) return []
  const subject = `${targetOf(plan)}@${plan.root}`
  const {source, repository, tags} = plan.request
  const {kind: path, mountFrom, requests} = plan.path
  const {usd, usdPerGb} = transferCost(plan.path.blobs.bytes, plan.price)
  return [
    {
      id: `copy ${subject}`,
      verb: 'copy',
      subject,
      before: null,
      after: plan.root,
      why: [`manifests that are not there: ${missing.length}`],
      precondition: 'the source still has every manifest and blob',
      parts: missing.map(({digest}) => digest),
      detail: {
        source: `${source.registry.host}/${repository}@${plan.sourceDigest}`,
        tags,
        manifests: plan.manifests.length,
        referrers: plan.referrers.length,
        path,
        mountFrom,
        blobs: plan.blobs.length,
        bytes: bytesOf(plan),
        requests,
        transferUsd: usd,
        usdPerGb,
      },
    },
  ]
}

function tagActions(plan: ImagePlan): PlanAction[] {
  const target = targetOf(plan)
  return [...plan.attachedTags, ...plan.tags].map(({tag, before, after}) => ({
    id: `tag ${target}:${tag}`,
    verb: 'tag',
    subject: `${target}:${tag}`,
    before,
    after,
    why: [before === null ? 'the tag does not exist' : 'the tag holds another digest'],
    precondition: before === null ? 'the tag does not exist' : `the tag is ${before}`,
  }))
}
