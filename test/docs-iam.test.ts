import {join} from 'node:path'
import {parse as parseArguments} from '@oclif/core/parser'
import {expect, test} from 'vitest'
import IamPolicy from '../src/commands/iam/policy.ts'
import {policyOfAccount} from '../src/lib/access/choose.ts'
import {commandNeeds, readCommands} from '../src/lib/access/commands.ts'
import {generatePolicies} from '../src/lib/access/generate.ts'
import {type Need, withoutResource} from '../src/lib/access/need.ts'
import {writePolicies} from '../src/lib/cli/iam-policy-files.ts'
import {toIamPolicyResult, viewIamPolicy} from '../src/lib/cli/iam-policy-view.ts'
import {parseEstate} from '../src/lib/config/parse.ts'
import {read, root} from './support/pages.ts'
import {expectShownOutputs, shownIn} from './support/shown-outputs.ts'
import {temporaryFolder} from './support/temporary-folder.ts'

const guide = 'docs/iam.md'

/** What a terminal shows, the warnings behind. */
async function outputOf([, , ...words]: readonly string[]): Promise<string> {
  const {args, baseFlags, flags: own, strict} = IamPolicy
  const {argv, flags} = await parseArguments([...words], {args, flags: {...baseFlags, ...own}, strict})
  const commands = readCommands(argv.map(String))
  const estate = parseEstate(shownIn(guide, 'yaml'), 'repos.yaml')
  const all = generatePolicies({commands, repositories: flags.repository}, estate)
  const chosen = flags.account === undefined ? all : policyOfAccount(all, flags.account, estate)
  const files =
    flags.out === undefined ? [] : await writePolicies(flags.out, await temporaryFolder(), chosen.policies)
  const result = toIamPolicyResult([], chosen, files)
  const warnings = result.warnings.map(warning => `Warning: ${warning}`)
  return [viewIamPolicy(result, flags.account !== undefined), ...warnings].join('\n').replaceAll('\\', '/')
}

test('docs/iam.md shows what its commands print', async () => {
  await expectShownOutputs(guide, 4, outputOf)
})

function rowOf({action, side, wide, flags, unless, when, without, why}: Need): string {
  const only = [
    ...(flags === undefined ? [] : [`with ${flags.map(flag => `\`${flag}\``).join(' or ')}`]),
    ...(unless === undefined ? [] : [`not with \`${unless}\``]),
    ...(when === undefined ? [] : [`when ${when}`]),
    ...(without === undefined ? [] : [`not needed: without it, ${without}`]),
  ].join('; ')
  const name = `\`${action}\`${withoutResource.has(action) ? ' `*`' : ''}${wide === true ? ' on all' : ''}`
  return `| ${name} | ${side} | ${why} | ${only} |`
}

test('docs/iam.md has the table of permissions', async () => {
  const tables = [...commandNeeds].map(([command, needs]) =>
    [
      `### ${command}`,
      '',
      '| action | side | what for | only |',
      '|---|---|---|---|',
      ...needs.map(rowOf),
    ].join('\n'),
  )
  const text = read(guide)
  const at = text.indexOf('\n### promote\n')
  const before = at < 0 ? text.trimEnd() : text.slice(0, at).trimEnd()
  await expect(`${before}\n\n${tables.join('\n\n')}\n`).toMatchFileSnapshot(join(root, guide))
})
