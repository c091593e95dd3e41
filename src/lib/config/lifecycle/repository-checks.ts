/** What ties the lifecycle policies of repositories to the presets that they use. */
import {elementsOf, type Mapping, mappingOf, type Report, reporter} from '../check-parts.ts'
import {type Entry, entryAt} from '../document.ts'
import {nearestOr} from '../nearest.ts'
import {type Path, type Problem, show} from '../problems.ts'
import {holdersOf} from '../setting-holders.ts'
import {checkRules as checkPolicyRules} from './policy-checks.ts'
import {checkRules} from './readable-checks.ts'

export function checkLifecycles(data: Mapping, root: Entry): Problem[] {
  const problems: Problem[] = []
  const report = reporter(root, problems)
  const check = (value: unknown, path: Path): void => {
    problems.push(...checkRulesOf(value, root, path))
  }
  const presets = mappingOf(mappingOf(data['presets'])['lifecycle'])
  for (const name of Object.keys(presets)) check(presets[name], ['presets', 'lifecycle', name])
  for (const path of settingPaths(data)) {
    const setting = path.reduce<unknown>((value, step) => (value as Mapping)[step], data)
    // Doubt removes no policy: YAML reads a key without a value as null.
    if (setting === null && entryAt(root, path)?.source === '') {
      report(path, 'is empty. Write null to remove the policy, say what it should be, or take the key out.')
    }
    check(setting, path)
    checkUse(mappingOf(setting), path, presets, report)
  }
  return problems
}

/**
 * What is wrong with the rules of a preset, of a file or of a repository: with the readable ones, and with ECR's own.
 *
 * @param path where they stand.
 */
export function checkRulesOf(value: unknown, root: Entry, path: Path = []): Problem[] {
  const problems: Problem[] = []
  checkRules(value, path, reporter(root, problems))
  return [...problems, ...checkPolicyRules(mappingOf(value)['rules'], [...path, 'rules'], root)]
}

/** Where what may be a lifecycle setting stands. */
function settingPaths(data: Mapping): Path[] {
  return holdersOf(data).flatMap(({path, value}) => ('lifecycle' in value ? [[...path, 'lifecycle']] : []))
}

function checkUse(setting: Mapping, path: Path, presets: Mapping, report: Report): void {
  const {use} = setting
  const names = typeof use === 'string' ? [use] : elementsOf(use)
  for (const [index, name] of names.entries()) {
    if (typeof name !== 'string') continue
    const at = typeof use === 'string' ? [...path, 'use'] : [...path, 'use', index]
    if (!Object.hasOwn(presets, name)) report(at, unknownPreset(name, presets))
    else if (
      'rules' in mappingOf(presets[name]) &&
      (names.length > 1 || ['keep', 'expire', 'archive'].some(key => key in setting))
    ) {
      report(
        at,
        `the preset ${show(name)} holds rules in ECR's own grammar, which are a whole policy. Use it alone.`,
      )
    }
  }
}

function unknownPreset(name: string, presets: Mapping): string {
  const otherwise = 'Add it under presets.lifecycle, or name one that is there.'
  const fix = nearestOr(name, Object.keys(presets), otherwise)
  return `${show(name)} is not a preset of this file. ${fix}`
}
