import {BlockList, isIP} from 'node:net'
import {matches, type Variables} from './pattern.ts'
import {allOf, type Truth} from './truth.ts'

/** How one value of a request is held against one value of a policy. */
interface Operator {
  /** Whether it holds where the other one does not, and where the key is absent. */
  readonly negated: boolean
  readonly test: Test
}

type Test = (actual: string, wanted: string, variables: Variables | undefined) => Truth

/** Condition operators by name, but for `Null` and what goes before and after a name. */
export const operators: ReadonlyMap<string, Operator> = new Map([
  ...both('StringEquals', 'StringNotEquals', (actual, wanted, variables) =>
    matches(wanted, actual, {variables}),
  ),
  ...both('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', (actual, wanted, variables) =>
    matches(wanted, actual, {variables, ignoreCase: true}),
  ),
  ...both('StringLike', 'StringNotLike', (actual, wanted, variables) =>
    matches(wanted, actual, {variables, wildcards: true}),
  ),
  // Of ARNs, "equals" and "like" are the same.
  ...both('ArnEquals', 'ArnNotEquals', likeArn),
  ...both('ArnLike', 'ArnNotLike', likeArn),
  ...both(
    'NumericEquals',
    'NumericNotEquals',
    compared(Number, order => order === 0),
  ),
  ...plain(
    'NumericLessThan',
    compared(Number, order => order < 0),
  ),
  ...plain(
    'NumericLessThanEquals',
    compared(Number, order => order <= 0),
  ),
  ...plain(
    'NumericGreaterThan',
    compared(Number, order => order > 0),
  ),
  ...plain(
    'NumericGreaterThanEquals',
    compared(Number, order => order >= 0),
  ),
  ...both(
    'DateEquals',
    'DateNotEquals',
    compared(time, order => order === 0),
  ),
  ...plain(
    'DateLessThan',
    compared(time, order => order < 0),
  ),
  ...plain(
    'DateLessThanEquals',
    compared(time, order => order <= 0),
  ),
  ...plain(
    'DateGreaterThan',
    compared(time, order => order > 0),
  ),
  ...plain(
    'DateGreaterThanEquals',
    compared(time, order => order >= 0),
  ),
  ...plain('Bool', (actual, wanted) => matches(wanted, actual, {ignoreCase: true})),
  ...plain('BinaryEquals', (actual, wanted) => actual === wanted),
  ...both('IpAddress', 'NotIpAddress', inNetwork),
])

function plain(name: string, test: Test): [string, Operator][] {
  return [[name, {negated: false, test}]]
}

function both(name: string, opposite: string, test: Test): [string, Operator][] {
  return [
    [name, {negated: false, test}],
    [opposite, {negated: true, test}],
  ]
}

/** Each of the six parts of an ARN by itself: a wildcard does not reach into the next. */
function likeArn(actual: string, wanted: string, variables: Variables | undefined): Truth {
  const [parts, patterns] = [arnParts(actual), arnParts(wanted)]
  if (parts.length !== 6 || patterns.length !== 6) return false
  return allOf(parts.map((part, index) => matches(patterns[index] ?? '', part, {variables, wildcards: true})))
}

function arnParts(arn: string): readonly string[] {
  const parts = arn.split(':')
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}

/** Values that cannot be read compare as unknown. */
function compared(read: (text: string) => number, holds: (order: number) => boolean): Test {
  return (actual, wanted) => {
    const order = read(actual) - read(wanted)
    return Number.isNaN(order) ? 'unknown' : holds(order)
  }
}

/** ISO 8601, or seconds since the epoch; in milliseconds. */
function time(text: string): number {
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
}

function inNetwork(actual: string, wanted: string): Truth {
  const [address = '', length] = wanted.split('/')
  const version = isIP(address)
  if (version === 0 || isIP(actual) === 0) return 'unknown'
  const prefix = length === undefined ? (version === 4 ? 32 : 128) : Number(length)
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > (version === 4 ? 32 : 128)) return 'unknown'
  const network = new BlockList()
  network.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6')
  return network.check(actual, isIP(actual) === 4 ? 'ipv4' : 'ipv6')
}
