import { rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const CACHE = join(ROOT, 'node_modules/.cache/millrace-bench')
const ENTRIES = ['codecs', 'events', 'flow', 's3', 'transform']

/** What takes the place of the files that publish: the same work, and nobody who could listen. */
const WITHOUT: Readonly<Record<string, string>> = {
  'channels.ts': `
    const channel = { hasSubscribers: false }
    export const sendChannel = channel
    export const channels = Object.fromEntries(
      'read write transform source sink batch record idempotent retry deadline send split'.split(' ').map((name) => [name, channel]),
    )
    export const startOperation = () => undefined`,
  'trace.ts': `
    export const traceSync = (_channel, _describe, work) => work(undefined)
    export const traceAsync = traceSync
    export const traceIterator = traceSync`,
  'batch-trace.ts': 'export const traceBatch = () => undefined',
}

/** Build this commit twice, by the same settings: as it is, and without its channels. Gives the two folders. */
export async function telemetryBuilds(): Promise<{ readonly ours: string; readonly without: string }> {
  rmSync(CACHE, { recursive: true, force: true })
  const [ours, without] = [join(CACHE, 'ours'), join(CACHE, 'without')]
  await buildInto(ours, {})
  await buildInto(without, WITHOUT)
  return { ours, without }
}

async function buildInto(folder: string, replacements: Readonly<Record<string, string>>): Promise<void> {
  const plugin: Plugin = {
    name: 'replace',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^apache-arrow$/ }, () => ({ path: join(ROOT, 'src/columns/arrow.ts') }))
      onLoad({ filter: /[\\/]src[\\/](internal|flow)[\\/](batch-)?(channels|trace)\.ts$/ }, ({ path }) => {
        const contents = replacements[basename(path)]
        return contents === undefined ? undefined : { contents, loader: 'js' }
      })
    },
  }
  await build({
    entryPoints: Object.fromEntries(ENTRIES.map((name) => [name, join(ROOT, 'src', name, 'index.ts')])),
    outdir: resolve(folder, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    plugins: [plugin],
    logLevel: 'error',
  })
}
