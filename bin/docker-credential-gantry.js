#!/usr/bin/env node
import {start} from './start.js'

// Docker shows what a credential helper writes to stdout.
start('docker-credential-gantry', '../dist/credential-helper.js', process.stdout)
