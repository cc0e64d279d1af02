import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { MillraceError } from '../errors.ts'
import { type BootstrapOptions, bootstrapText, type CacheFiles, makerText } from './bootstrap.ts'
import { exportsOf } from './exports-of.ts'
import type { CodeCache, Maker } from './maker.ts'
import { checkTarget, readReport, reasonIn } from './maker-report.ts'

/** List the files next to a bootstrap: `handler.cjs`, `handler.bundle.cjs`, `handler.cache`. */
export function cacheFiles(bootstrap: string): CacheFiles {
  const extension = extname(bootstrap)
  const name = basename(bootstrap, extension)
  return {
    bundle: `${name}.bundle${extension}`,
    cache: `${name}.cache`,
    maker: `${name}.make-cache.cjs`,
    warmUp: `${name}.warm-up.cjs`,
  }
}

/** Write a bootstrap and the maker of its cache. The bundle is there. */
export async function writeBootstrap(bootstrap: string, isStrict: boolean): Promise<void> {
  const folder = dirname(bootstrap)
  const files = cacheFiles(bootstrap)
  const bundle = await readFile(join(folder, files.bundle), 'utf8')
  const options: BootstrapOptions = { files, isStrict, exports: exportsOf(bundle) }
  await rm(join(folder, files.cache), { force: true })
  await writeFile(bootstrap, bootstrapText(options))
  await writeFile(join(folder, files.maker), makerText(options))
}

/** Run the maker of a bootstrap's cache, which removes itself. */
export async function makeCache(caller: string, bootstrap: string, maker: Maker): Promise<CodeCache> {
  const folder = dirname(bootstrap)
  const files = cacheFiles(bootstrap)
  try {
    const made = readReport(caller, files, await run(caller, folder, files, maker))
    checkTarget(caller, made, maker)
    return made
  } catch (error) {
    await rm(join(folder, files.cache), { force: true })
    throw error
  } finally {
    for (const file of [files.maker, files.warmUp]) await rm(join(folder, file), { force: true })
  }
}

function run(caller: string, folder: string, { maker, bundle }: CacheFiles, options: Maker): Promise<string> {
  const { node, timeoutMs } = options
  // What instruments this process would change the code that is cached. Node passes on its coverage unless `env` has a value for it.
  const env = { ...process.env, NODE_OPTIONS: undefined, NODE_V8_COVERAGE: undefined, ...options.env }
  return new Promise((resolve, reject) => {
    const settings = { cwd: folder, env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 } as const
    execFile(node, [join(folder, maker)], settings, (cause, stdout, stderr) => {
      if (cause === null) return resolve(stdout)
      const isSlow = cause.killed === true
      const rule = isSlow
        ? `had not ended after ${timeoutMs} ms; let warmUp do less, or raise timeoutMs`
        : `failed when it was loaded and warmed up by ${node}: ${reasonIn(stderr) || cause.message}`
      reject(new MillraceError('BUNDLE_FAILED', `${caller}: ${bundle} ${rule}`, { cause }))
    })
  })
}
