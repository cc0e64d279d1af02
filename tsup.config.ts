import { readFile, writeFile } from 'node:fs/promises'
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

const shared: Options = {
  entry,
  target: 'node20',
  platform: 'node',
  dts: true,
  splitting: true,
  treeshake: true,
  removeNodeProtocol: false,
}

export default defineConfig([
  { ...shared, format: 'esm' },
  { ...shared, format: 'cjs', noExternal: ES_ONLY, onSuccess: writeNotices },
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
