import { existsSync } from 'node:fs'
import { readFile, rename } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { Script } from 'node:vm'
import { MillraceError } from '../errors.ts'
import { checkFields, checkOptions } from '../internal/check-arguments.ts'
import { MARK } from './bootstrap.ts'
import { type CodeCacheOptions, MAKER_KINDS, makerOf } from './cache-options.ts'
import { cacheFiles, makeCache, writeBootstrap } from './code-cache.ts'
import type { CodeCache } from './maker.ts'
import { bundleWarmUp } from './warm-up.ts'

export interface AddCodeCacheOptions extends CodeCacheOptions {
  /** A handler as one file of CommonJS, from any bundler: `dist/index.js`. */
  readonly file: string
}

/**
 * Add V8's code cache to a handler that CDK or SAM has bundled.
 *
 * The file is renamed, `index.js` to `index.bundle.js`, and a small module takes its name, so that Lambda's `Handler`
 * setting stays valid. That module loads the bundle with the cache, or without, as {@link bundleHandler} describes.
 * Another call replaces the cache.
 *
 * @param options.file - CommonJS: `format: 'cjs'` of esbuild, which is the default of CDK and SAM.
 * @param options.warmUp - a module as that of {@link bundleHandler}; esbuild is needed for it, and for nothing else.
 * @returns the cache that was made. Takes one start of Node and the warm-up.
 * @throws MillraceError `OPTION_INVALID`; `BUNDLE_FAILED` if the file is missing or not CommonJS, if it or the warm-up throws or
 * does not end, if it exports no function, or if the cache does not fit `runtime` and `architecture`.
 * @example
 * import { mkdtemp, writeFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 *
 * const file = join(await mkdtemp(join(tmpdir(), 'job-')), 'index.js')
 * await writeFile(file, 'exports.handler = async (event) => event')
 * const { handlers, node } = await addCodeCache({ file })
 * handlers // => ['handler']
 * node === process.version // => true
 */
export async function addCodeCache(options: AddCodeCacheOptions): Promise<CodeCache> {
  const caller = 'addCodeCache'
  checkFields(caller, 'options', options, { 'file!': 'text' })
  checkOptions(caller, options, { ...MAKER_KINDS, file: 'text' })
  const maker = makerOf(caller, options)
  const file = resolve(options.file)
  const bundle = join(dirname(file), cacheFiles(file).bundle)
  const text = await textOf(caller, file)
  const isBootstrap = text.startsWith(MARK)
  const source = isBootstrap ? await textOf(caller, bundle) : text
  checkCommonJs(caller, file, source)
  if (!isBootstrap) checkFree(caller, file, bundle)
  if (options.warmUp !== undefined) await bundleWarmUp(caller, options.warmUp, file)
  if (!isBootstrap) await rename(file, bundle)
  await writeBootstrap(file, isBootstrap && /^const IS_STRICT = true$/m.test(text))
  return makeCache(caller, file, maker)
}

/** Refuse to overwrite a file that is not the bundle of an earlier call, which has its cache next to it. */
function checkFree(caller: string, file: string, bundle: string): void {
  if (!existsSync(bundle) || existsSync(join(dirname(file), cacheFiles(file).cache))) return
  const rule = `${basename(bundle)} exists, and would be overwritten by ${basename(file)}; remove or rename it`
  throw new MillraceError('BUNDLE_FAILED', `${caller}: ${rule}`)
}

async function textOf(caller: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new MillraceError('BUNDLE_FAILED', `${caller}: ${file} cannot be read`, { cause })
  }
}

/** Compile a file as a function's body, which an ES module is not. */
function checkCommonJs(caller: string, file: string, source: string): void {
  const rule = (found = ''): string =>
    `${caller}: ${basename(file)} is not CommonJS${found}; only that can have a cache: bundle it with format: 'cjs'`
  if (extname(file) === '.mjs') throw new MillraceError('BUNDLE_FAILED', rule())
  try {
    new Script(`(function (exports, require, module, __filename, __dirname) {${source.replace(/^#!/, '//')}\n})`)
  } catch (cause) {
    throw new MillraceError('BUNDLE_FAILED', rule(` (${(cause as Error).message})`), { cause })
  }
}
