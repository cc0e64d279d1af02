import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { MillraceError } from '../errors.ts'
import { checkFields, checkOptions } from '../internal/check-arguments.ts'
import { type CodeCacheOptions, MAKER_KINDS, makerOf } from './cache-options.ts'
import { cacheFiles, makeCache, writeBootstrap } from './code-cache.ts'
import { checkEsbuildOptions, runEsbuild } from './esbuild.ts'
import { bundleWarmUp } from './warm-up.ts'

export interface BundleOptions extends CodeCacheOptions {
  /** File of the handler, TypeScript or JavaScript. */
  readonly entry: string
  /** Folder of the files that are deployed. */
  readonly outdir: string
  /** Name of the module that Lambda loads, as in `name.handler`; that of the entry when absent. */
  readonly name?: string
  /** Packages to leave out, such as `@aws-sdk/*`; none when absent: the SDK starts faster inside. */
  readonly external?: readonly string[]
  /** True when absent. */
  readonly minify?: boolean
  /** True writes a source map, which Node reads under `--enable-source-maps`; false when absent. */
  readonly sourcemap?: boolean
  /** True makes the cache now; false writes a script next to the bundle that makes it elsewhere. Default: true. */
  readonly cache?: boolean
  /** Further options of esbuild: `plugins`, `loader`, `define`, `tsconfig`. */
  readonly esbuild?: Readonly<Record<string, unknown>>
}

/** The files of a bundled handler. */
export interface BundledHandler {
  /** Folder of the files. */
  readonly outdir: string
  /** The first part of Lambda's `Handler`, before the point and the name of the export. */
  readonly name: string
  /** Exported functions; none where the cache was not made. */
  readonly handlers: readonly string[]
  /** Names of the files to deploy. */
  readonly files: readonly string[]
  readonly bundleBytes: number
  /** 0 where the cache was not made. */
  readonly cacheBytes: number
  /** The Node that the cache is for, as `v24.21.0 linux x64`. */
  readonly madeFor?: string
  /** File that makes the cache on the Node that runs it, where `cache` was false. */
  readonly maker?: string
}

const KINDS = {
  ...MAKER_KINDS,
  entry: 'text',
  outdir: 'text',
  name: 'text',
  external: 'strings',
  minify: 'boolean',
  sourcemap: 'boolean',
  cache: 'boolean',
  esbuild: 'object',
} as const

/**
 * Bundle a handler for Lambda with V8's code cache.
 *
 * Writes three files into `outdir`: a small module that Lambda loads, the bundle as CommonJS, and the code cache that the module passes to V8. The
 * cache is made in a process of its own, which loads the bundle and calls `warmUp`; it fits the same version and build of Node on the same architecture. On
 * another one the bundle runs without it, and logs one line that says why. esbuild, an optional peer, is loaded by the call.
 *
 * @param options.entry - the handler's module, with no top-level `await`.
 * @param options.warmUp - a module whose `warmUp` runs the handler on something tiny, against stubs.
 * @param options.runtime - refuses a cache that this runtime could not use, as `architecture` does.
 * @returns the files written. Takes the time of esbuild, one start of Node and the warm-up.
 * @throws MillraceError `OPTION_INVALID`; `BUNDLE_FAILED` where esbuild is missing or fails, where the bundle or the warm-up throws or does not end, where
 * the module exports no function, and where the cache does not fit `runtime` and `architecture`.
 * @example
 * import { mkdtemp, writeFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 *
 * const folder = await mkdtemp(join(tmpdir(), 'job-'))
 * await writeFile(join(folder, 'handler.ts'), 'export const handler = async (event: unknown) => event')
 * const { name, handlers, files } = await bundleHandler({ entry: join(folder, 'handler.ts'), outdir: join(folder, 'dist') })
 * name // => 'handler'
 * handlers // => ['handler']
 * files // => ['handler.cjs', 'handler.bundle.cjs', 'handler.cache']
 */
export async function bundleHandler(options: BundleOptions): Promise<BundledHandler> {
  const caller = 'bundleHandler'
  checkFields(caller, 'options', options, { 'entry!': 'text', 'outdir!': 'text' })
  checkOptions(caller, options, KINDS)
  const { entry, outdir, external = [], minify = true, sourcemap = false, cache = true, warmUp } = options
  const { name = basename(entry).replace(/\.[^.]+$/, ''), esbuild = {} } = options
  const maker = makerOf(caller, options)
  checkEsbuildOptions(caller, esbuild)
  if (!/^[\w-]+$/.test(name))
    throw new MillraceError(
      'OPTION_INVALID',
      `${caller}: name must consist of letters, digits, _ and -, since Lambda splits at dots; it is taken from entry unless you pass it`,
    )

  const bootstrap = join(resolve(outdir), `${name}.cjs`)
  const files = cacheFiles(bootstrap)
  const inFolder = (file: string): string => join(resolve(outdir), file)
  const clash = [bootstrap, inFolder(files.bundle)].includes(resolve(entry))
  if (clash)
    throw new MillraceError('OPTION_INVALID', `${caller}: outdir would overwrite entry; give it a folder of its own`)
  const build = { external, isMinified: minify, hasSourceMap: sourcemap, further: esbuild }
  checkSiblings(caller, resolve(outdir), name)
  const { isStrict } = await runEsbuild(caller, { ...build, entry, outfile: inFolder(files.bundle) })
  if (warmUp !== undefined) await bundleWarmUp(caller, warmUp, bootstrap)
  await writeBootstrap(bootstrap, isStrict)
  const written = [`${name}.cjs`, files.bundle, ...(sourcemap ? [`${files.bundle}.map`] : [])]
  const bundleBytes = (await stat(inFolder(files.bundle))).size
  const bundled = { outdir: resolve(outdir), name, bundleBytes }
  if (!cache) return { ...bundled, handlers: [], files: written, cacheBytes: 0, maker: inFolder(files.maker) }
  const { handlers, bytes, node, platform, architecture } = await makeCache(caller, bootstrap, maker)
  const madeFor = `${node} ${platform} ${architecture}`
  return { ...bundled, handlers, files: [...written, files.cache], cacheBytes: bytes, madeFor }
}

/** Refuse a folder with a module that Lambda prefers to `handler.cjs`. */
function checkSiblings(caller: string, outdir: string, name: string): void {
  const sibling = [`${name}.js`, `${name}.mjs`].find((file) => existsSync(join(outdir, file)))
  if (sibling === undefined) return
  throw new MillraceError(
    'OPTION_INVALID',
    `${caller}: outdir has ${sibling}, which Lambda would load instead of ${name}.cjs; use another folder`,
  )
}
