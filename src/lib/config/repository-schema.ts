/** The shape of what `repos.yaml` says of repositories. */
import * as z from 'zod/mini'
import {rulesSchema, settingSchema} from './lifecycle/readable-schema.ts'
import {repositoryNamePattern, repositoryPattern} from './match.ts'
import {listOf, mapping, name, shown, text} from './schema-parts.ts'

/** What is said of repositories, of all, of some or of one. */
export const settings = {lifecycle: z.exactOptional(settingSchema)}

export type SettingsData = z.infer<ReturnType<typeof mapping<typeof settings>>>

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
  }),
  {description: 'What several repositories share.'},
)

export const match = shown(
  z.array(
    mapping({
      names: repositoryPatterns('The repositories meant: * within a segment, ** for whole segments.'),
      set: shown(mapping(settings), {description: 'What holds for them.'}),
    }),
  ),
  {description: 'What holds for repositories by their names; later ones win over earlier ones.'},
)

export const repositories = shown(z.record(repositoryName, mapping(settings)), {
  description: 'What holds for one repository; it wins over match and defaults.',
})
