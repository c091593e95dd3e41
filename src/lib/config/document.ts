import {
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  Parser,
} from 'yaml'
import {configError, type Path, type Position, type Problem, show} from './problems.ts'
import {fileError} from './text.ts'

/** A value of the document with its places. */
export interface Entry {
  /** Where its key stands; for a list's element and the document itself, where the value stands. */
  readonly key: Position
  readonly value: Position
  /** A scalar as it is written, without quotes. */
  readonly source: string | undefined
  readonly children: ReadonlyMap<string | number, Entry>
}

export interface Document {
  /** Plain values: mappings are objects without a prototype. */
  readonly data: unknown
  readonly root: Entry
  /** What is YAML and yet not wanted here. The values concerned are left out of `data`. */
  readonly problems: readonly Problem[]
}

const maxDepth = 50
/** Keys that mean something to objects of JavaScript. */
export const dangerousKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Reads one YAML 1.2 document of plain mappings, lists and scalars.
 *
 * @param start what such a file starts with, for one that is empty.
 * @throws {ConfigError} INVALID_CONFIG when the text is not such a document.
 */
export function readDocument(text: string, file: string, start = 'version: 1'): Document {
  const lines = new LineCounter()
  const contents = compose(text, file, start, lines)
  const problems: Problem[] = []
  const {data, entry} = readNode(contents, [], undefined, {lines, problems})
  return {data, root: entry, problems}
}

export function entryAt(root: Entry, path: Path): Entry | undefined {
  return path.reduce<Entry | undefined>((entry, step) => entry?.children.get(step), root)
}

function compose(text: string, file: string, start: string, lines: LineCounter): ParsedNode {
  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  refuseTokens(tokens, file, lines)
  const options = {version: '1.2', merge: false, uniqueKeys: false, prettyErrors: false} as const
  const [document] = new Composer(options).compose(tokens, true, text.length)
  if (document !== undefined && document.errors.length > 0) {
    // What follows an error in its line mostly follows from it.
    const byLine = new Map<number, Problem>()
    for (const error of document.errors) {
      const position = positionOf(lines, error.pos[0])
      if (byLine.has(position.line)) continue
      const what = error.message.replaceAll(/\s+/g, ' ').slice(0, 200).replace(/\.$/, '')
      byLine.set(position.line, {position, path: [], text: `not valid YAML: ${what}.`, code: 'not-yaml'})
    }
    throw configError(file, [...byLine.values()])
  }
  const contents = document?.contents
  if (contents === null || contents === undefined || (isScalar(contents) && contents.source === '')) {
    throw fileError(file, {line: 1, column: 1}, `the file is empty. Start it with "${start}".`, 'empty-file')
  }
  return contents
}

/** Refuses, before anything recursive sees them: directives, several documents, nesting without end. */
function refuseTokens(tokens: readonly CST.Token[], file: string, lines: LineCounter): void {
  const refuse = (offset: number, text: string, code: string) =>
    fileError(file, positionOf(lines, offset), text, code)
  const directive = tokens.find(token => token.type === 'directive')
  if (directive)
    throw refuse(directive.offset, 'YAML directives are not supported. Take the line out.', 'yaml-directive')
  const [, second] = tokens.filter(token => token.type === 'document')
  if (second) {
    const text = 'a second YAML document starts here. Keep one document in the file.'
    throw refuse(second.offset, text, 'second-document')
  }

  const open = tokens.map(token => ({token, depth: 0}))
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const {token, depth} = next
    if (depth > maxDepth)
      throw refuse(token.offset, `too deeply nested: more than ${maxDepth} levels.`, 'too-deep')
    if (token.type === 'document' && token.value) open.push({token: token.value, depth})
    if (!('items' in token)) continue
    for (const {key, value} of token.items) {
      if (key) open.push({token: key, depth: depth + 1})
      if (value) open.push({token: value, depth: depth + 1})
    }
  }
}

interface Reading {
  readonly lines: LineCounter
  readonly problems: Problem[]
}

interface Read {
  readonly data: unknown
  readonly entry: Entry
}

const leftOut = undefined

function readNode(node: Node | null, path: Path, key: Position | undefined, reading: Reading): Read {
  const value = node?.range ? positionOf(reading.lines, node.range[0]) : (key ?? {line: 1, column: 1})
  const children = new Map<string | number, Entry>()
  const source = isScalar(node) ? node.source : undefined
  const entry: Entry = {key: key ?? value, value, source, children}
  const refuse = (text: string, code: string): Read => {
    reading.problems.push({position: value, path, text, code})
    return {data: leftOut, entry}
  }

  if (isAlias(node))
    return refuse(
      `aliases (${show(`*${node.source}`)}) are not supported. Write the value out.`,
      'yaml-alias',
    )
  if (node?.tag !== undefined)
    return refuse(`tags (${show(node.tag)}) are not supported. Write the plain value.`, 'yaml-tag')
  if (isSeq<Node | null>(node)) {
    const list = node.items.map((item, index) => {
      const read = readNode(item, [...path, index], undefined, reading)
      children.set(index, read.entry)
      return read.data
    })
    return {data: list, entry}
  }
  if (isMap<Node | null, Node | null>(node)) {
    const mapping = Object.create(null) as Record<string, unknown>
    for (const pair of node.items) {
      const name = readKey(pair.key, path, value, children, reading)
      if (name === undefined) continue
      const at = pair.key?.range ? positionOf(reading.lines, pair.key.range[0]) : value
      const read = readNode(pair.value, [...path, name], at, reading)
      children.set(name, read.entry)
      mapping[name] = read.data
    }
    return {data: mapping, entry}
  }
  return {data: isScalar(node) ? node.value : null, entry}
}

/** The text of a mapping's key; undefined when it is refused. */
function readKey(
  key: Node | null,
  path: Path,
  parent: Position,
  siblings: ReadonlyMap<string | number, Entry>,
  {lines, problems}: Reading,
): string | undefined {
  const position = key?.range ? positionOf(lines, key.range[0]) : parent
  const refuse = (text: string, name: readonly string[] = [], code = 'bad-key'): undefined => {
    problems.push({position, path: [...path, ...name], text, code})
  }
  if (!isScalar(key)) return refuse('a key is not plain text. Write it as a word.')
  if (key.tag !== undefined) return refuse(`tags (${show(key.tag)}) are not supported. Write the plain key.`)
  const name = key.value
  if (name === null) return refuse('a key is empty. Write one before the colon.')
  if (typeof name !== 'string') {
    const source = key.source ?? ''
    return refuse(`the key is not text. Quote it: ${show(source)}.`, [source])
  }
  if (dangerousKeys.has(name)) return refuse('cannot be a key. Choose another name.', [name])
  if (name === '<<')
    return refuse('merge keys are not supported. Write the keys out.', [name], 'yaml-merge-key')
  const twin = siblings.get(name)
  if (twin)
    return refuse(`is given twice, first in line ${twin.key.line}. Keep one.`, [name], 'duplicate-key')
  return name
}

function positionOf(lines: LineCounter, offset: number): Position {
  const {line, col} = lines.linePos(offset)
  return {line: Math.max(1, line), column: Math.max(1, col)}
}
