import {describe, expect, test} from 'vitest'
import {readCommands, routedCommands} from '../../../src/lib/access/commands.ts'
import type {PolicyDocument} from '../../../src/lib/access/document.ts'
import {usesOf} from '../../../src/lib/access/uses.ts'
import {attempt, identityPolicies, type Trial, without} from './least-support.ts'

/** An action that is taken away, from an account or from all. */
interface Case {
  readonly action: string
  readonly account: string | undefined
}

/**
 * Tests that a command does its work with exactly the generated policies, and that without any one action it says which one
 * is missing. What the table says is only needed in some circumstances is needed where the trial has those, and what it
 * calls no error is none.
 */
export function testLeast(name: string, trial: Trial): void {
  const policies = identityPolicies(trial)
  const uses = readCommands([trial.command]).flatMap(command => usesOf(command, [], trial.estate))
  const isRouted = readCommands([trial.command]).every(command => routedCommands.has(command.name))
  const all: readonly Case[] = isRouted
    ? [...policies].flatMap(([account, policy]) => actionsOf(policy).map(action => ({action, account})))
    : [...new Set([...policies.values()].flatMap(actionsOf))].map(action => ({action, account: undefined}))
  const cases = all.filter(({action}) => trial.tried === undefined || trial.tried.includes(action))

  describe(`gantry ${trial.command}: ${name}`, () => {
    test('works with the generated policies', async () => {
      const {done, text} = await attempt(trial, policies)
      expect(done, text).toBe(true)
    })

    test.for(cases)('without $action of $account', async ({action, account}) => {
      const {done, text} = await attempt(trial, without(policies, action, account))
      const needs = uses
        .filter(use => use.need.action === action && (account ?? use.account.id) === use.account.id)
        .map(({need}) => need)
      const isSure = needs.some(need => need.when === undefined && need.without === undefined)
      const names = [action, `${action} of ${account}`]
      const isSpared = names.some(each => trial.spares?.includes(each))
      const isHeld = trial.holds?.includes(action) === true && needs.some(need => need.without === undefined)
      const isNeeded = isHeld || (isSure && !isSpared)
      const told = {done, names: done || text.includes(action)}
      expect(told, text).toEqual({done: !isNeeded, names: true})
    })
  })
}

function actionsOf({Statement}: PolicyDocument): string[] {
  return [...new Set(Statement.flatMap(({Action}) => Action))].toSorted()
}
