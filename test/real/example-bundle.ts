import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { crc32 } from 'node:zlib'
import { build } from 'esbuild'
import type * as bundling from '../../src/bundle/index.ts'
import { builtFile, ROOT, subpaths } from '../package/support/packed.ts'

/** The README's flags of esbuild. */
function readmeFlags(): readonly string[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8').replaceAll(/ \\\n\s*/g, ' ')
  const [, command = ''] = /^npx esbuild handler\.ts (.+)$/m.exec(readme) ?? []
  return command.split(' ').map((flag) => flag.replaceAll("'", ''))
}

/** Options that the README's flags mean, without those that name files. */
function readmeOptions() {
  const flags = readmeFlags()
  const flag = (name: string): string => flags.find((each) => each.startsWith(name))?.slice(name.length) ?? ''
  return {
    bundle: flags.includes('--bundle'),
    minify: flags.includes('--minify'),
    platform: flag('--platform=') as 'node',
    format: flag('--format=') as 'esm',
    mainFields: flag('--main-fields=').split(','),
    external: [flag('--external:')],
  }
}

export interface ExampleBundle {
  /** Folder of the function's code. */
  readonly task: string
  readonly bytes: number
}

/**
 * Bundle a file of `examples/` as the README says, from the package as it is built, into a folder of its own. The AWS SDK lies above it, as Lambda's
 * runtime brings one.
 */
export async function bundleExample(
  file: string,
  folder: string,
  options: { external?: string[] } = {},
): Promise<ExampleBundle> {
  const task = taskFolder(file, folder, options)
  const outfile = join(task, 'handler.mjs')
  await build({
    ...readmeOptions(),
    ...(options.external && { external: options.external, ...INSIDE }),
    entryPoints: [join(ROOT, 'examples', file)],
    outfile,
    // Else esbuild would follow the paths of tsconfig.json to the sources.
    tsconfigRaw: {},
    logLevel: 'silent',
  })
  return { task, bytes: statSync(outfile).size }
}

/** CommonJS packages inside an ES module ask for Node's own modules through this. */
const INSIDE = {
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module';const require = makeRequire(import.meta.url);",
  },
}

/** Bundle a file of `examples/` by `millrace/bundle`, with the warm-up beside it. A foreign cache is one of another Node. */
export async function bundleWithCache(
  file: string,
  folder: string,
  options: { external?: string[]; isForeign?: boolean } = {},
): Promise<ExampleBundle> {
  const task = taskFolder(file, folder, { ...options, isCached: true })
  const { external = [], isForeign = false } = options
  const { bundleHandler } = (await import(pathToFileURL(builtFile('millrace/bundle')).href)) as typeof bundling
  const { bundleBytes } = await bundleHandler({
    entry: join(ROOT, 'examples', file),
    warmUp: join(ROOT, 'examples', dirname(file), 'warm-up.ts'),
    outdir: task,
    external,
    esbuild: { tsconfigRaw: {} },
  })
  if (isForeign) {
    const cache = join(task, 'handler.cache')
    // Of the same length: where the version is read, it is another one.
    const bytes = readFileSync(cache)
    bytes.write('v0', bytes.lastIndexOf('"node":"v') + '"node":"'.length)
    bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4)
    writeFileSync(cache, bytes)
  }
  return { task, bytes: bundleBytes }
}

function taskFolder(file: string, folder: string, options: object): string {
  for (const subpath of subpaths) builtFile(subpath)
  linkSdk(folder)
  return join(folder, `${file}${JSON.stringify(options)}`.replaceAll(/\W+/g, '-'))
}

/** Put the AWS SDK above the tasks of a folder. */
export function linkSdk(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  const link = join(folder, 'node_modules/@aws-sdk')
  if (!existsSync(link)) symlinkSync(join(ROOT, 'node_modules/@aws-sdk'), link, 'junction')
}
