/** The lines of an inventory's file, each of them one JSON document: what they hold, and nothing else. */
import * as z from 'zod/mini'
import {FailureError, type GantryError} from '../../errors.ts'
import {type Digest, isDigest} from '../../oci/digest.ts'
import type {Blob, ImageContent, ImageRecord} from './model.ts'

/** Version of the lines' shape; a file of another version is not read. */
export const inventoryVersion = 1

const count = z.int().check(z.nonnegative())
const digest = z.custom<Digest>(value => typeof value === 'string' && isDigest(value), 'is no digest')
const time = z.custom<string>(isTime, 'is no time such as 2026-11-01T00:00:00.000Z')
const account = z.string().check(z.regex(/^\d{12}$/))

/** The first line: when the registries were looked at, as whom, and which of them. */
const head = z.strictObject({
  type: z.literal('inventory'),
  schemaVersion: z.literal(inventoryVersion),
  takenAt: time,
  callers: z.array(z.strictObject({account, arn: z.string()})),
  registries: z.array(
    z.strictObject({
      label: z.string(),
      host: z.string(),
      account,
      region: z.string(),
      alias: z.exactOptional(z.string()),
    }),
  ),
})

/** A repository; the lines of its images come next. */
const repository = z.strictObject({
  type: z.literal('repository'),
  /** Host of one of the registries of the first line. */
  registry: z.string(),
  name: z.string(),
  policy: z.nullable(z.string()),
  /** How many they are. */
  images: count,
})

/** A repository that could not be read. */
const unreadable = z.strictObject({
  type: z.literal('unreadable'),
  registry: z.string(),
  name: z.string(),
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    exitCode: z.literal([4, 5, 6]),
    hints: z.array(z.string()),
  }),
})

const image = z.strictObject({
  type: z.literal('image'),
  digest,
  tags: z.array(z.string()),
  mediaType: z.string(),
  artifactType: z.exactOptional(z.string()),
  size: count,
  status: z.literal(['active', 'archived', 'activating']),
  pushedAt: time,
  pulledAt: z.exactOptional(time),
  archivedAt: z.exactOptional(time),
  activatedAt: z.exactOptional(time),
  subject: z.exactOptional(digest),
  /** What its manifest lists; absent when that is not known. */
  content: z.exactOptional(
    z.strictObject({children: z.array(digest), blobs: z.array(z.strictObject({digest, size: count}))}),
  ),
})

/** The last line, without which a file is cut: what there is, and the SHA-256, in hex, of all lines before. */
const end = z.strictObject({
  type: z.literal('end'),
  repositories: count,
  images: count,
  sha256: z.string(),
})

const line = z.discriminatedUnion('type', [head, repository, unreadable, image, end])

export type InventoryHead = z.infer<typeof head>
export type ImageLine = z.infer<typeof image>
/** One line of an inventory's file. @public for tools/generate-schema.ts */
export type InventoryLine = z.infer<typeof line>

/** The JSON Schema (draft 7) of a line. @public for tools/generate-schema.ts */
export function inventoryLineJsonSchema(): Record<string, unknown> {
  const strings = new Map<unknown, object>([
    [digest, {type: 'string', pattern: '^sha256:[0-9a-f]{64}$'}],
    [time, {type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$'}],
  ])
  return z.toJSONSchema(line, {
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({zodSchema, jsonSchema}) => Object.assign(jsonSchema, strings.get(zodSchema)),
  })
}

/** @throws {SyntaxError} saying what is wrong with the line. */
export function parseInventoryLine(text: string): InventoryLine {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new SyntaxError('it is no JSON', {cause})
  }
  const parsed = line.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new SyntaxError(`"${issue?.path.join('.') || 'type'}" is not what it should be`)
}

export function toImageLine(record: ImageRecord, content: ImageContent | undefined): ImageLine {
  const {pushedAt, pulledAt, archivedAt, activatedAt, tags, ...same} = record
  return {
    type: 'image',
    ...same,
    tags: [...tags],
    pushedAt: isoTime(pushedAt),
    ...(pulledAt !== undefined && {pulledAt: isoTime(pulledAt)}),
    ...(archivedAt !== undefined && {archivedAt: isoTime(archivedAt)}),
    ...(activatedAt !== undefined && {activatedAt: isoTime(activatedAt)}),
    ...(content !== undefined && {
      content: {
        children: [...content.children],
        blobs: content.blobs.map(({digest: blob, size}) => ({digest: blob, size})),
      },
    }),
  }
}

/** @param share those of `sharedTexts`. */
export function fromImageLine(
  {
    type: _type,
    content: _content,
    mediaType,
    artifactType,
    pushedAt,
    pulledAt,
    archivedAt,
    activatedAt,
    ...same
  }: ImageLine,
  share: (text: string) => string,
): ImageRecord {
  return {
    ...same,
    mediaType: share(mediaType),
    ...(artifactType !== undefined && {artifactType: share(artifactType)}),
    pushedAt: Date.parse(pushedAt),
    ...(pulledAt !== undefined && {pulledAt: Date.parse(pulledAt)}),
    ...(archivedAt !== undefined && {archivedAt: Date.parse(archivedAt)}),
    ...(activatedAt !== undefined && {activatedAt: Date.parse(activatedAt)}),
  }
}

/** @param known the blobs of the repository by digest: those that manifests share are one object. */
export function contentOfLine({content}: ImageLine, known: Map<Digest, Blob>): ImageContent | undefined {
  if (content === undefined) return undefined
  const blobs = content.blobs.map(blob => {
    const same = known.get(blob.digest)
    if (same?.size === blob.size) return same
    known.set(blob.digest, blob)
    return blob
  })
  return {children: content.children, blobs}
}

type ErrorLine = z.infer<typeof unreadable>['error']

export function toErrorLine({code, message, exitCode, hints}: GantryError): ErrorLine {
  return {code, message, exitCode: exitCode === 5 || exitCode === 6 ? exitCode : 4, hints: [...hints]}
}

export function fromErrorLine({code, message, exitCode, hints}: ErrorLine): FailureError {
  return new FailureError(code, message, {exitCode, hints})
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}

function isTime(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const ms = Date.parse(value)
  return !Number.isNaN(ms) && isoTime(ms) === value
}
