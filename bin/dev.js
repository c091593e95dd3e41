#!/usr/bin/env node
// Runs the program from its sources: Node.js strips the types itself.
import {fileURLToPath} from 'node:url'
import pjson from '../package.json' with {type: 'json'}
import {main} from '../src/main.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
pjson.oclif.commands.target = './src/commands'
await main(process.argv.slice(2), {root, pjson, ignoreManifest: true})
