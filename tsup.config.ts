import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { defineConfig, type Options } from 'tsup'

const entry = {
  index: 'src/index.ts',
  events: 'src/events/index.ts',
  codecs: 'src/codecs/index.ts',
  transform: 'src/transform/index.ts',
  s3: 'src/s3/index.ts',
}

/** Published as ES modules only: the CommonJS build carries them, so that it never has to `require` an ES module. */
const ES_ONLY = ['hyparquet', 'hyparquet-writer', 'hysnappy']

const ARROW = /^apache-arrow$/

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** Only what is used of Arrow: see the file. Types stay those of `apache-arrow`. */
const slimArrow: Plugin = {
  name: 'slim-arrow',
  setup(build) {
    build.onResolve({ filter: ARROW }, () => ({ path: resolve('src/columns/arrow.ts') }))
  },
}

/** Calls of zod as ones that a bundler may drop with what they make: who imports one schema does not carry the others. */
const pureSchemas: Plugin = {
  name: 'pure-schemas',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]events[\\/][^\\/]+\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(/(?<!\* )\bz\.[a-z]\w*\(/g, '/* @__PURE__ */ $&'),
      loader: 'ts',
    }))
  },
}

const shared: Options = {
  entry,
  target: 'node20',
  platform: 'node',
  dts: true,
  splitting: true,
  treeshake: true,
  removeNodeProtocol: false,
  esbuildPlugins: [slimArrow, pureSchemas],
}

export default defineConfig([
  { ...shared, format: 'esm', noExternal: [ARROW] },
  {
    ...shared,
    format: 'cjs',
    noExternal: [ARROW, ...ES_ONLY.map((name) => new RegExp(`^${name}(/|$)`))],
    onSuccess: writeNotices,
  },
])

/** The licences of what `dist/*.cjs` carries, as those licences ask. */
async function writeNotices(): Promise<void> {
  const notices = await Promise.all(
    ES_ONLY.map(async (name) => {
      const { version } = JSON.parse(await readFile(`node_modules/${name}/package.json`, 'utf8')) as { version: string }
      return `${name} ${version}\n\n${(await readFile(`node_modules/${name}/LICENSE`, 'utf8')).trim()}\n`
    }),
  )
  const head = 'The CommonJS files of this folder hold code of these packages:\n\n'
  await writeFile('dist/THIRD-PARTY-NOTICES.txt', head + notices.join('\n---\n\n'))
}
