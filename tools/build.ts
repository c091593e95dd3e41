/**
 * Bundles `src` into `dist`: ECMAScript modules, one entry for the program, the credential helper, the sandbox library
 * and each command, with what they share in chunks. Everything is bundled, so the installed package has no
 * dependencies and starts fast. `dist/licenses.txt` goes with it; the source maps and `dist/meta.json`, which the
 * start-up budget is checked against, stay here.
 */
import {globSync} from 'node:fs'
import {rm, writeFile} from 'node:fs/promises'
import {builtinModules} from 'node:module'
import {relative} from 'node:path'
import {build, type Plugin} from 'esbuild'
import {libraryTypes} from './library-types.ts'
import {licensesOf} from './licenses.ts'

/**
 * Loads Node's own modules with `process.getBuiltinModule`: importing `node:http` from an ECMAScript module makes Node
 * evaluate undici for its named exports, about 30 ms that no command needs (nodejs/node#57649).
 */
const builtins: Plugin = {
  name: 'builtins',
  setup(build) {
    build.onResolve({filter: /^(node:)?[a-z_/0-9]+$/}, ({path}) => {
      const name = path.replace(/^node:/, '')
      return builtinModules.includes(name)
        ? {path: `node:${name}`, namespace: 'builtin', sideEffects: false}
        : undefined
    })
    build.onLoad({filter: /.*/, namespace: 'builtin'}, ({path}) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}

await rm('dist', {recursive: true, force: true})
const result = await build({
  entryPoints: [
    ...['src/main.ts', 'src/credential-helper.ts', ...globSync('src/commands/**/*.ts')].map(file => ({
      in: file,
      out: relative('src', file).replaceAll('\\', '/').replace(/\.ts$/, ''),
    })),
    {in: 'src/lib/sandbox/index.ts', out: 'sandbox'},
  ],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.13',
  mainFields: ['module', 'main'],
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: 'external',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  logOverride: {'empty-import-meta': 'silent'},
  plugins: [builtins],
  // CommonJS dependencies call `require` for what is optional to them.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
})
await writeFile('dist/meta.json', JSON.stringify(result.metafile))
await writeFile('dist/licenses.txt', licensesOf(result.metafile))
await writeFile('dist/sandbox.d.ts', await libraryTypes())
