// Plain JavaScript without dependencies that old versions of Node.js run too: they are told what is missing instead of
// a stack trace.

/** Runs the `main` of a built program; says in one line on `stream` why it can't, and ends with 2 or 1. */
export function start(name, program, stream) {
  var version = process.versions.node
  var parts = version.split('.').map(Number)
  if (parts[0] < 22 || (parts[0] === 22 && parts[1] < 13)) {
    stream.write(
      name +
        ' needs Node.js 22.13 or newer; this is v' +
        version +
        '. Install a current LTS from your usual source.\n',
    )
    process.exitCode = 2
    return
  }
  cacheCompiledCode()
  import(program).then(
    function (loaded) {
      return loaded.main(process.argv.slice(2))
    },
    function (error) {
      stream.write(
        'gantry is not complete (' +
          error.message +
          '). Install it again; in a checkout run: npm run build\n',
      )
      process.exitCode = 1
    },
  )
}

// A directory of the user's own: the default one in /tmp belongs to whoever came first, and is silently no cache to
// others. Without a home there is no cache.
function cacheCompiledCode() {
  var directory = cacheDirectory(process.env, process.getBuiltinModule('path'))
  if (directory) process.getBuiltinModule('module').enableCompileCache(directory)
}

function cacheDirectory(env, path) {
  if (process.platform === 'win32') return env.LOCALAPPDATA && path.join(env.LOCALAPPDATA, 'gantry', 'v8')
  if (process.platform === 'darwin')
    return env.HOME && path.join(env.HOME, 'Library', 'Caches', 'gantry', 'v8')
  var base = env.XDG_CACHE_HOME || (env.HOME && path.join(env.HOME, '.cache'))
  return base && path.join(base, 'gantry', 'v8')
}
