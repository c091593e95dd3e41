/** Which repositories `repos.yaml` speaks of, and where: the levels at which their settings stand. */
import * as z from 'zod/mini'
import {rulesSchema} from './lifecycle/readable-schema.ts'
import {repositoryNamePattern, repositoryPattern} from './match.ts'
import {policyPresets} from './policy-setting-schema.ts'
import {listOf, mapping, name, shown, text} from './schema-parts.ts'
import {ownSettings, place, settings} from './settings-schema.ts'

export const repositoryPatterns = (description: string) =>
  shown(
    listOf(
      text(
        repositoryPattern,
        'a repository pattern',
        'Use lower-case names, * within a segment and ** for whole segments: payments/**.',
      ),
    ),
    {description},
  )

const repositoryName = text(
  repositoryNamePattern,
  'a repository name',
  'Use 2 to 256 lower-case letters and digits, with . _ - and / between them; patterns go under match.',
)

export const presets = shown(
  mapping({
    lifecycle: z.prefault(
      shown(z.record(z.clone(name), rulesSchema), {description: 'Lifecycle rules to use by name.'}),
      {},
    ),
    policy: z.prefault(policyPresets, {}),
  }),
  {description: 'What several repositories share.'},
)

const match = () =>
  shown(
    z.array(
      mapping({
        names: repositoryPatterns('The repositories meant: * within a segment, ** for whole segments.'),
        set: shown(mapping(settings), {description: 'What holds for them.'}),
      }),
    ),
    {description: 'What holds for repositories by their names; later ones win over earlier ones.'},
  )

const repositories = () =>
  shown(z.record(z.clone(repositoryName), mapping(ownSettings)), {
    description: 'What holds for one repository; it wins over match and defaults.',
  })

export const levels = {
  match: z.prefault(match(), []),
  repositories: z.prefault(repositories(), {}),
}

export const overlays = shown(
  z.record(
    place(),
    mapping({
      defaults: z.prefault(
        shown(mapping(settings), {description: 'What holds for all repositories there.'}),
        {},
      ),
      ...levels,
    }),
  ),
  {
    description:
      'What is different in an account, or in an account and region: each level wins over the same level of the file.',
  },
)

export type LevelsData = z.infer<typeof overlays>[string]
