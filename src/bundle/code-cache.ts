import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { MillraceError } from '../errors.ts'
import { type BootstrapOptions, bootstrapText, type CacheFiles, FATAL, makerText } from './bootstrap.ts'

/** A process of the Node that makes a cache. */
export interface Maker {
  /** Path of the Node. */
  readonly node: string
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Lambda's name of the Node that the function runs on. */
  readonly runtime: string | undefined
  readonly architecture: 'arm64' | 'x86_64' | undefined
}

/** A cache that was made. */
export interface CodeCache {
  /** Names of the exported functions. */
  readonly handlers: readonly string[]
  readonly bytes: number
  readonly node: string
  readonly platform: string
  readonly architecture: string
}

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

/**
 * List the names in the note that esbuild writes for tools that look for exports of CommonJS in its text. Names that are
 * not identifiers, such as `delete`, have a value there and are left out.
 */
function exportsOf(bundle: string): readonly string[] {
  const [, list = ''] = /\b0\s*&&\s*\(\s*module\.exports\s*=\s*\{([^{}]*)\}\s*\)/.exec(bundle.slice(-100_000)) ?? []
  return list.split(',').flatMap((name) => (name.includes(':') ? [] : name.trim()))
}

/** Run the maker of a bootstrap's cache, which removes itself. */
export async function makeCache(caller: string, bootstrap: string, maker: Maker): Promise<CodeCache> {
  const folder = dirname(bootstrap)
  const files = cacheFiles(bootstrap)
  try {
    const made = report(caller, files, await run(caller, folder, files, maker))
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
  // What instruments this process would change the code that is cached.
  const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, ...inherited } = process.env
  const env = { ...inherited, ...options.env }
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

/** Find the error in what a maker printed, and what to do about it. Node prints one that nothing caught in its own way. */
function reasonIn(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim())
  const fatal = lines.findLast((line) => line.startsWith(FATAL))?.slice(FATAL.length)
  const error = fatal ?? lines.findLast((line) => /^(?:\w*Error|Error \[\w+\])\b/.test(line)) ?? ''
  const cure = /^(?:SyntaxError|it ended)\b/.test(error) ? '' : '; set what it needs in env'
  return error === '' ? '' : `${error.slice(0, 300)}${cure}`
}

function report(caller: string, { bundle }: CacheFiles, stdout: string): CodeCache {
  const line = stdout.split('\n').findLast((each) => each.startsWith('{"millraceCodeCache":'))
  if (line === undefined)
    throw new MillraceError(
      'BUNDLE_FAILED',
      `${caller}: ${bundle} left nothing of its cache to read; it must not close or replace the standard output`,
    )
  const { handlers, bytes, identity } = JSON.parse(line).millraceCodeCache
  if (handlers.length === 0)
    throw new MillraceError('BUNDLE_FAILED', `${caller}: ${bundle} exports no function; export the handler`)
  return { handlers, bytes, node: identity.node, platform: identity.platform, architecture: identity.arch }
}

const ARCHITECTURES = { arm64: 'arm64', x86_64: 'x64' } as const

/** Refuse a cache that the function cannot use. */
function checkTarget(caller: string, made: CodeCache, { runtime, architecture }: Maker): void {
  if (runtime === undefined && architecture === undefined) return
  const isNode = runtime === undefined || made.node.startsWith(`v${runtime.slice('nodejs'.length, -'.x'.length)}.`)
  const isArchitecture = architecture === undefined || made.architecture === ARCHITECTURES[architecture]
  if (isNode && isArchitecture && made.platform === 'linux') return
  const target = [runtime, 'linux', architecture].filter((part) => part !== undefined).join(' ')
  const cure = `run it there, or with cache: false and its maker in Lambda's image, see https://github.com/millrace/millrace/blob/main/docs/bundle.md`
  throw new MillraceError(
    'BUNDLE_FAILED',
    `${caller}: the cache would be of Node ${made.node} ${made.platform} ${made.architecture}, and the function runs ${target}; ${cure}`,
  )
}
