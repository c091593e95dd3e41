import {Ajv} from 'ajv'
import {expect, test} from 'vitest'
import {mostResults, type SarifResult, toSarif} from '../../../src/lib/cli/sarif.ts'

/** What code scanning needs of SARIF 2.1.0, with the members that the standard asks for. */
const shape = {
  type: 'object',
  required: ['$schema', 'version', 'runs'],
  properties: {
    version: {const: '2.1.0'},
    runs: {
      type: 'array',
      minItems: 1,
      maxItems: 1,
      items: {
        type: 'object',
        required: ['tool', 'results'],
        properties: {
          tool: {
            type: 'object',
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                required: ['name', 'rules'],
                properties: {
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: {
                      type: 'object',
                      required: ['id', 'shortDescription', 'help', 'defaultConfiguration'],
                      properties: {id: {type: 'string', minLength: 1}},
                    },
                  },
                },
              },
            },
          },
          results: {
            type: 'array',
            items: {
              type: 'object',
              required: ['ruleId', 'ruleIndex', 'level', 'message', 'locations'],
              additionalProperties: false,
              properties: {
                ruleId: {type: 'string'},
                ruleIndex: {type: 'integer', minimum: 0},
                level: {enum: ['error', 'warning', 'note']},
                message: {
                  type: 'object',
                  required: ['text'],
                  additionalProperties: false,
                  properties: {text: {type: 'string'}},
                },
                locations: {
                  type: 'array',
                  minItems: 1,
                  items: {
                    type: 'object',
                    additionalProperties: false,
                    minProperties: 1,
                    properties: {
                      physicalLocation: {
                        type: 'object',
                        required: ['artifactLocation', 'region'],
                        properties: {
                          region: {
                            type: 'object',
                            required: ['startLine', 'startColumn'],
                            properties: {
                              startLine: {type: 'integer', minimum: 1},
                              startColumn: {type: 'integer', minimum: 1},
                            },
                          },
                        },
                      },
                      logicalLocations: {
                        type: 'array',
                        items: {type: 'object', required: ['fullyQualifiedName', 'kind']},
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
}

const rules = [
  {id: 'a', level: 'note', summary: 'A thing.'},
  {id: 'b', level: 'error', summary: 'A worse thing.'},
  {id: 'unused', level: 'note', summary: 'Nothing.'},
] as const
const ofFile: SarifResult = {
  ruleId: 'a',
  level: 'note',
  message: 'here',
  file: {path: 'a b/p#1.json', line: 3, column: 2},
}
const ofRepository: SarifResult = {ruleId: 'b', level: 'error', message: 'there', subject: 'dev app rule 1'}

/** The one run of a log that has the shape. */
function runOf(results: readonly SarifResult[]) {
  const log = toSarif(rules, results, '/work')
  const validate = new Ajv({strict: false}).compile<{
    runs: [
      {
        results: {message: {text: string}; ruleIndex: number; locations: unknown[]}[]
        tool: {driver: {rules: {id: string}[]}}
        invocations: unknown
      },
    ]
  }>(shape)
  if (!validate(log)) throw new Error(JSON.stringify(validate.errors))
  return log.runs[0]
}

test('files have places that code scanning finds, repositories have names, and the gravest come first', () => {
  const {results, tool} = runOf([ofFile, ofRepository])
  expect(results.map(({message}) => message.text)).toEqual(['there', 'here'])
  expect(tool.driver.rules.map(({id}) => id)).toEqual(['a', 'b'])
  expect(results.map(({ruleIndex}) => tool.driver.rules[ruleIndex]?.id)).toEqual(['b', 'a'])
  expect(results.map(({locations}) => locations[0])).toEqual([
    {logicalLocations: [{fullyQualifiedName: 'dev app rule 1', kind: 'resource'}]},
    {
      physicalLocation: {
        artifactLocation: {uri: 'a%20b/p%231.json', uriBaseId: 'ROOT'},
        region: {startLine: 3, startColumn: 2},
      },
    },
  ])
})

test('what is beyond the limit is left out, the least grave first, and that is said', () => {
  const run = runOf([...Array.from({length: mostResults}, () => ofFile), ofRepository])
  expect(run.results).toHaveLength(mostResults)
  expect(run.results[0]?.message.text).toBe('there')
  expect(run.invocations).toMatchObject([
    {toolExecutionNotifications: [{message: {text: '1 more results were left out.'}}]},
  ])
})
