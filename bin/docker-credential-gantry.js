#!/usr/bin/env node
// Plain JavaScript that old versions of Node.js parse too. Docker shows what a credential helper writes to stdout.
var version = process.versions.node
var parts = version.split('.').map(Number)

if (parts[0] > 22 || (parts[0] === 22 && parts[1] >= 13)) {
  start()
} else {
  fail(
    'docker-credential-gantry needs Node.js 22.13 or newer; this is v' + version + '. Install a current LTS.',
  )
}

function start() {
  import('../dist/credential-helper.js').then(
    function (program) {
      return program.main(process.argv.slice(2))
    },
    function (error) {
      fail(
        'gantry is not complete (' + error.message + '). Install it again; in a checkout run: npm run build',
      )
    },
  )
}

function fail(line) {
  process.stdout.write(line + '\n')
  process.exitCode = 1
}
