#!/usr/bin/env node
import {start} from './start.js'

start('gantry', '../dist/main.js', process.stderr)
