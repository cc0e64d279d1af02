import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { bundle, subpathsOfPackage } from '../../scripts/bundle.ts'
import { median } from '../measure.ts'
import { formatTable } from '../table.ts'
import type { Suite } from './suite.ts'

/** Packages for the same work, and those that a handler loads in any case. */
const PEERS = [['apache-arrow'], ['hyparquet', 'hyparquet-writer'], ['@aws-sdk/client-s3']]

const AWS_SDK = ['@aws-sdk/*']
/** A bundle that needs the SDK beside it: its load time would be the SDK's. */
const IMPORTS_SDK = /from\s*["']@aws-sdk\//

/** Bytes, minified and bundled, of each subpath, and how long a fresh process takes to load them. */
export const load: Suite = async ({ runs = 15, only = '' }, print) => {
  const sets = [
    ...subpathsOfPackage().map((subpath) => [subpath]),
    ['millrace/codecs', 'millrace/transform'],
    ['millrace/events#S3EventSchema'],
    ...PEERS,
  ]
  const folder = mkdtempSync(join(tmpdir(), 'millrace-load-'))
  try {
    const bundles = []
    for (const [index, modules] of sets.entries()) {
      const name = modules.join(' + ')
      if (!name.includes(only)) continue
      const bytes = await bundle(modules, modules.includes('@aws-sdk/client-s3') ? [] : AWS_SDK)
      const file = join(folder, `${index}.mjs`)
      writeFileSync(file, bytes)
      bundles.push({
        name,
        file,
        bytes: bytes.length,
        isLoadable: !IMPORTS_SDK.test(Buffer.from(bytes).toString()),
        times: [] as number[],
      })
    }
    for (let run = 0; run < runs; run += 1) {
      process.stderr.write(`load, run ${run + 1} of ${runs}\n`)
      for (const one of bundles) if (one.isLoadable) one.times.push(await loadMilliseconds(one.file))
    }
    const figures = bundles.map(({ name, bytes, times }) => ({
      name,
      bytes,
      bestMs: Math.min(...times),
      medianMs: median(times),
    }))
    const text = loadTable(figures)
    print(`load: bundled by esbuild, minified, without the AWS SDK but for its own line\n${text}`)
    return { other: { text, figures } }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function loadTable(figures: readonly { name: string; bytes: number; bestMs: number; medianMs: number }[]): string {
  const milliseconds = (value: number): string => (Number.isFinite(value) ? `${value.toFixed(1)} ms` : '-')
  return formatTable(
    ['', 'minified', 'best', 'median'],
    figures.map(({ name, bytes, bestMs, medianMs }) => [
      name,
      `${(bytes / 1000).toFixed(1)} kB`,
      milliseconds(bestMs),
      milliseconds(medianMs),
    ]),
  )
}

/** Milliseconds that a fresh process takes to import a file, its own start not counted. */
async function loadMilliseconds(file: string): Promise<number> {
  const script = `const start = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(performance.now() - start)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
  return Number(stdout)
}
