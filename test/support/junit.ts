import {parseXml, type XmlElement} from '@rgrove/parse-xml'
import {expect} from 'vitest'

export interface JunitReport {
  readonly name: string | undefined
  readonly suites: readonly JunitSuite[]
}

export interface JunitSuite {
  readonly name: string
  readonly cases: readonly JunitCase[]
}

export interface JunitCase {
  readonly name: string
  readonly classname: string
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped'
  /** Attribute `message` of what makes it no pass. */
  readonly message: string
  /** The text of that element. */
  readonly text: string
  /** What is in its `system-out`. */
  readonly output: string
}

/**
 * Reads a JUnit report with a parser that refuses what is not well-formed XML, and holds it to what its readers share:
 * only elements and attributes that GitLab (docs.gitlab.com/ci/testing/unit_test_reports) or Jenkins' junit plugin know,
 * counts that are those of the cases, and no two cases of one name, of which GitLab shows only the first.
 */
export function parseJunit(xml: string): JunitReport {
  const {root} = parseXml(xml)
  if (root === null) throw new Error('There is no report.')
  expectElement(root, 'testsuites', ['name', 'time', ...counts])
  const suites = elementsOf(root).map(readSuite)
  const cases = suites.flatMap(suite => suite.cases)
  expectCounts(root, cases)
  const names = cases.map(({classname, name}) => `${classname} ${name}`)
  expect(names, 'names of cases').toEqual([...new Set(names)])
  return {name: root.attributes['name'], suites}
}

const counts = ['tests', 'failures', 'errors', 'skipped'] as const

function readSuite(element: XmlElement): JunitSuite {
  expectElement(element, 'testsuite', ['name', 'time', 'timestamp', 'hostname', 'id', 'package', ...counts])
  const cases = elementsOf(element)
    .filter(({name}) => name !== 'properties')
    .map(readCase)
  expectCounts(element, cases)
  return {name: attribute(element, 'name'), cases}
}

/** What a case has besides its outcome. */
const besides: ReadonlySet<string> = new Set(['properties', 'system-out', 'system-err'])

function readCase(element: XmlElement): JunitCase {
  expectElement(element, 'testcase', ['name', 'classname', 'time', 'file', 'line'])
  const children = elementsOf(element)
  const results = children.filter(({name}) => !besides.has(name))
  expect(results.length, 'outcomes of a case').toBeLessThan(2)
  const [result] = results
  return {
    name: attribute(element, 'name'),
    classname: attribute(element, 'classname'),
    outcome: result === undefined ? 'passed' : outcomeOf(result),
    message: result?.attributes['message'] ?? '',
    text: result?.text ?? '',
    output: children.find(({name}) => name === 'system-out')?.text ?? '',
  }
}

function outcomeOf(element: XmlElement): JunitCase['outcome'] {
  const outcome = (['failure', 'error', 'skipped'] as const).find(name => name === element.name)
  if (outcome === undefined) throw new Error(`A case has no element ${element.name}.`)
  expectElement(element, outcome, ['message', 'type'])
  return outcome
}

function expectCounts(element: XmlElement, cases: readonly JunitCase[]): void {
  const number = (wanted: JunitCase['outcome']) => cases.filter(({outcome}) => outcome === wanted).length
  const right = [cases.length, number('failure'), number('error'), number('skipped')]
  const told = counts.map(name => Number(element.attributes[name] ?? 0))
  expect(told, `${counts.join(', ')} of ${element.name}`).toEqual(right)
}

function expectElement(element: XmlElement, name: string, attributes: readonly string[]): void {
  expect(element.name).toBe(name)
  const unknown = Object.keys(element.attributes).filter(key => !attributes.includes(key))
  expect(unknown, `unknown attributes of ${name}`).toEqual([])
}

function attribute({name, attributes}: XmlElement, wanted: string): string {
  const value = attributes[wanted] ?? ''
  expect(value, `${wanted} of a ${name}`).toMatch(/./)
  return value
}

function elementsOf({children}: XmlElement): XmlElement[] {
  return children.filter((child): child is XmlElement => child.type === 'element')
}
