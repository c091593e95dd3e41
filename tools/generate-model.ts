/**
 * Writes `src/lib/sandbox/api/model/`: the API models of ECR and ECR Public as types, and as data with all their
 * constraints. They come out of AWS's own service models, which botocore publishes:
 *
 *   pip download --no-deps botocore && unzip botocore-*.whl -d FOLDER
 *   node tools/generate-model.ts FOLDER [--check]
 *
 * With `--check`, ends with 1 when a committed file is stale. Documentation texts are left out.
 */
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import process from 'node:process'
import {gunzipSync} from 'node:zlib'
import type {ApiModel, ModelOperation, ModelShape} from '../src/lib/sandbox/api/api-model.ts'

interface Reference {
  readonly shape: string
}

interface SourceShape {
  readonly type: ModelShape['type']
  readonly required?: readonly string[]
  readonly members?: Readonly<Record<string, Reference>>
  readonly member?: Reference
  readonly key?: Reference
  readonly value?: Reference
  readonly enum?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
}

interface Source {
  readonly operations: Readonly<Record<string, SourceOperation>>
  readonly shapes: Readonly<Record<string, SourceShape>>
}

interface SourceOperation {
  readonly input?: Reference
  readonly output?: Reference
  readonly errors?: readonly Reference[]
}

const models = [
  {name: 'ecr', prefix: 'Ecr', path: 'ecr/2015-09-21'},
  {name: 'ecr-public', prefix: 'EcrPublic', path: 'ecr-public/2020-10-30'},
] as const

const [folder, check] = process.argv.slice(2)
if (folder === undefined) throw new Error('Usage: node tools/generate-model.ts BOTOCORE_FOLDER [--check]')
const version = /__version__ = '([\d.]+)'/.exec(
  await readFile(join(folder, 'botocore/__init__.py'), 'utf8'),
)?.[1]
const output = new URL('../src/lib/sandbox/api/model/', import.meta.url)
for (const {name, prefix, path} of models) {
  const file = join(folder, 'botocore/data', path, 'service-2.json.gz')
  const source = JSON.parse(gunzipSync(await readFile(file)).toString()) as Source
  const model = modelOf(source, `botocore ${version} ${path}/service-2.json`)
  await put(`${name}.json`, `${JSON.stringify(model)}\n`)
  await put(`${name}.ts`, typesOf(model, prefix))
}

async function put(name: string, text: string): Promise<void> {
  const file = new URL(name, output)
  if (check === undefined) return writeFile(file, text)
  const present = await readFile(file, 'utf8').catch(() => '')
  if (present.replaceAll('\r\n', '\n') === text) return
  process.stderr.write(
    `src/lib/sandbox/api/model/${name} is stale. Run: node tools/generate-model.ts FOLDER\n`,
  )
  process.exitCode = 1
}

function modelOf(source: Source, from: string): ApiModel {
  const operations = Object.entries(source.operations).map(([name, {input, output: answer, errors = []}]) => [
    name,
    {input: input?.shape ?? '', output: answer?.shape ?? '', errors: errors.map(({shape}) => shape)},
  ])
  const shapes = Object.entries(source.shapes).map(([name, shape]) => [name, shapeOf(shape)])
  return {
    source: from,
    operations: Object.fromEntries(operations) as Readonly<Record<string, ModelOperation>>,
    shapes: Object.fromEntries(shapes) as Readonly<Record<string, ModelShape>>,
  }
}

function shapeOf({type, required, members, member, key, value, ...rest}: SourceShape): ModelShape {
  const {enum: values, min, max, pattern} = rest
  return {
    type,
    ...(members && {
      members: Object.fromEntries(Object.entries(members).map(([name, {shape}]) => [name, shape])),
    }),
    ...(required && required.length > 0 && {required}),
    ...(member && {member: member.shape}),
    ...(key && {key: key.shape}),
    ...(value && {value: value.shape}),
    ...(values && {enum: values}),
    ...(min !== undefined && {min}),
    ...(max !== undefined && {max}),
    ...(pattern !== undefined && {pattern}),
  }
}

/** Types of what goes in and out: interfaces of structures, unions of enums; times are seconds since the epoch. */
function typesOf({source, operations, shapes}: ApiModel, prefix: string): string {
  const wanted = new Set<string>()
  for (const {input, output: answer} of Object.values(operations))
    for (const name of [input, answer]) reach(name)
  const declarations = Object.entries(shapes).flatMap(([name, shape]) => {
    if (!wanted.has(name)) return []
    if (shape.enum !== undefined)
      return [`export type ${name} = ${shape.enum.map(value => `'${value}'`).join(' | ')}\n`]
    return shape.type === 'structure' ? [`export interface ${name} {\n${membersOf(shape)}}\n`] : []
  })
  const table = Object.entries(operations).map(
    ([name, {input, output: answer}]) =>
      `  readonly ${name}: {readonly input: ${input || 'object'}; readonly output: ${answer || 'object'}}\n`,
  )
  return [
    `// Made by tools/generate-model.ts out of ${source}. Do not edit.\n`,
    `/** What each operation takes and answers. */\nexport interface ${prefix}Operations {\n${table.join('')}}\n`,
    ...declarations,
  ].join('\n')

  function reach(name: string): void {
    const shape = shapes[name]
    if (shape === undefined || wanted.has(name)) return
    wanted.add(name)
    for (const next of [...Object.values(shape.members ?? {}), shape.member, shape.key, shape.value]) {
      if (next !== undefined) reach(next)
    }
  }

  function membersOf({members = {}, required = []}: ModelShape): string {
    return Object.entries(members)
      .map(([name, shape]) => `  readonly ${name}${required.includes(name) ? '' : '?'}: ${typeOf(shape)}\n`)
      .join('')
  }

  function typeOf(name: string): string {
    const shape = shapes[name]
    if (shape === undefined) throw new Error(`no shape ${name}`)
    switch (shape.type) {
      case 'structure':
        return name
      case 'list':
        return `readonly ${bracketed(typeOf(shape.member ?? ''))}[]`
      case 'map':
        return `Readonly<Partial<Record<${typeOf(shape.key ?? '')}, ${typeOf(shape.value ?? '')}>>>`
      case 'string':
        return shape.enum === undefined ? 'string' : name
      case 'boolean':
        return 'boolean'
      case 'blob':
        return 'Uint8Array'
      case 'integer':
      case 'long':
      case 'double':
      case 'timestamp':
        return 'number'
    }
  }

  function bracketed(type: string): string {
    return type.startsWith('readonly ') ? `(${type})` : type
  }
}
