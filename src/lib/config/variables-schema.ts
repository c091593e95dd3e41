import * as z from 'zod/mini'
import {shown, text} from './schema-parts.ts'
import {builtIns, variableNamePattern} from './variables.ts'

const variableName = text(
  variableNamePattern,
  'the name of a variable',
  'Use a lower-case letter, then letters, digits, - and _: org.',
).check(
  z.refine(name => !builtIns.some(builtIn => builtIn === name), {
    error: ({input}) => `${String(input)} is Gantry's own: that of each registry. Choose another name.`,
  }),
)

export const vars = shown(z.record(variableName, z.string()), {
  description: 'Texts that stand for ${name} in what is said of repositories and registries.',
})
