/**
 * Checks the package as npm would publish it: publint's rules, no run-time dependency, no install script, and the files
 * that the binary needs.
 */
import {readFileSync} from 'node:fs'
import process from 'node:process'
import {publint} from 'publint'
import {formatMessage} from 'publint/utils'
import {npm} from './npm.ts'

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
  string,
  Record<string, string> | undefined
>
const problems: string[] = []
if (manifest['dependencies'] !== undefined)
  problems.push('package.json has run-time dependencies; bundle them')
for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
  if (manifest['scripts']?.[script] !== undefined)
    problems.push(`package.json has an install script: ${script}`)
}

const report: unknown = JSON.parse(await npm(['pack', '--dry-run', '--json']))
const [tarball] = (Array.isArray(report) ? report : Object.values(report as object)) as {
  files: {path: string}[]
}[]
const files = new Set((tarball?.files ?? []).map(({path}) => path))
for (const needed of [
  'bin/run.js',
  'bin/run.cmd',
  'bin/docker-credential-gantry.js',
  'bin/start.js',
  'dist/main.js',
  'dist/sandbox.js',
  'dist/sandbox.d.ts',
  'dist/licenses.txt',
  'oclif.manifest.json',
  'LICENSE',
]) {
  if (!files.has(needed)) problems.push(`the package lacks ${needed}`)
}

const {messages, pkg} = await publint({pkgDir: '.', pack: 'npm', strict: true})
for (const message of messages) problems.push(formatMessage(message, pkg, {color: false}) ?? message.code)
for (const problem of problems) process.stderr.write(`${problem}\n`)
if (problems.length > 0) process.exitCode = 1
