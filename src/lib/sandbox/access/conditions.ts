import {valuesOf} from './context.ts'
import {type Conditions, listOf} from './document.ts'
import {operators} from './operators.ts'
import type {Variables} from './pattern.ts'
import type {AccessRequest} from './request.ts'
import {allOf, anyOf, not, type Truth} from './truth.ts'

const grammar = /^(?:(ForAnyValue|ForAllValues):)?([A-Za-z]+?)(IfExists)?$/

/** Whether IAM has a condition operator of this name. */
export function isOperator(name: string): boolean {
  const [, quantifier, base = '', ifExists] = grammar.exec(name) ?? []
  return operators.has(base) || (base === 'Null' && quantifier === undefined && ifExists === undefined)
}

/** Whether all conditions of a statement hold. `variables` are undefined where the policy has none. */
export function hold(
  conditions: Conditions,
  request: AccessRequest,
  variables: Variables | undefined,
): Truth {
  return allOf(
    Object.entries(conditions).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, wanted]) =>
        holds(
          operator,
          listOf<string | number | boolean>(wanted).map(String),
          valuesOf(request, key),
          variables,
        ),
      ),
    ),
  )
}

// IAM user guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys".
function holds(
  name: string,
  wanted: readonly string[],
  actual: readonly string[] | undefined,
  variables: Variables | undefined,
): Truth {
  if (actual === undefined) return 'unknown'
  const [, quantifier, base = '', ifExists] = grammar.exec(name) ?? []
  if (base === 'Null') return wanted.some(value => (value.toLowerCase() === 'true') === (actual.length === 0))
  const operator = operators.get(base)
  if (operator === undefined) return 'unknown'
  const {negated, test} = operator
  if (actual.length === 0) {
    if (ifExists !== undefined || quantifier === 'ForAllValues') return true
    return quantifier === undefined && negated
  }
  const each = actual.map(value => {
    const equal = anyOf(wanted.map(one => test(value, one, variables)))
    return negated ? not(equal) : equal
  })
  return quantifier === 'ForAllValues' || (quantifier === undefined && negated) ? allOf(each) : anyOf(each)
}
