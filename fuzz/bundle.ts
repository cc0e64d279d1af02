import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { FEATURES } from './hits.ts'
import { insertCounters } from './insert-counters.ts'
import { sourceText } from './source-text.ts'

/** The counters of one file of a bundle. */
export interface CountedFile {
  readonly file: string
  readonly first: number
  readonly counters: number
}

/** A surface with everything that it calls, in one file with counters. */
export interface Bundle {
  /** Path of the code. */
  readonly code: string
  readonly files: readonly CountedFile[]
  /** Words of the code, for a mutator to insert. */
  readonly words: readonly string[]
  /** The sources, and when each was changed. */
  readonly sources: readonly (readonly [path: string, changedMs: number])[]
}

const HITS = fileURLToPath(new URL('hits.ts', import.meta.url))
const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Modules that are loaded as they are: native ones, and those that may not be bundled. */
const EXTERNAL = ['@aws-sdk/*', '@duckdb/*', 'esbuild', 'hyparquet', 'parquet-wasm', 'typescript']

/**
 * Bundle a surface for a child process, unless the bundle of its sources as they are is there.
 *
 * @param surface - path of the module that exports `surface`.
 * @param folder - where the bundle goes.
 */
export async function bundleSurface(surface: string, folder: string): Promise<Bundle> {
  const last = lastBundle(folder)
  if (last !== undefined) return last
  const files: CountedFile[] = []
  const words = new Set<string>()
  const code = join(folder, 'child.mjs')
  const plugins = [surfacePlugin(surface), countersPlugin(files, words)]
  const { metafile } = await build({
    absWorkingDir: ROOT,
    metafile: true,
    entryPoints: [CHILD],
    outfile: code,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: EXTERNAL,
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
    plugins,
  })
  const paths = [...Object.keys(metafile.inputs), ...OWN_SOURCES].map((path) => join(ROOT, path))
  const sources = paths.filter(existsSync).map((path) => [path, statSync(path).mtimeMs] as const)
  const bundle = { code, files, words: [...words], sources }
  mkdirSync(dirname(code), { recursive: true })
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify(bundle))
  return bundle
}

/** What makes bundles, beside what is in them. */
const OWN_SOURCES = ['fuzz/bundle.ts', 'fuzz/insert-counters.ts', 'fuzz/source-text.ts', 'fuzz/surfaces.ts']

function changedMs(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs
}

/** The last bundle in a folder, if no source has changed since. */
function lastBundle(folder: string): Bundle | undefined {
  const path = join(folder, 'bundle.json')
  if (!existsSync(path)) return undefined
  const bundle: Bundle = JSON.parse(readFileSync(path, 'utf8'))
  return bundle.sources.every(([source, time]) => changedMs(source) === time) ? bundle : undefined
}

function surfacePlugin(surface: string): Plugin {
  return {
    name: 'surface',
    setup(context) {
      context.onResolve({ filter: /^fuzz-surface$/ }, () => ({ path: surface }))
    },
  }
}

/** Counters in the library's code and in the targets of tests, none in what drives them. */
function countersPlugin(files: CountedFile[], words: Set<string>): Plugin {
  let next = FEATURES
  return {
    name: 'counters',
    setup(context) {
      context.onLoad({ filter: /[\\/](src|fixture)[\\/].*\.ts$/ }, ({ path }) => {
        const file = relative(ROOT, path).replaceAll('\\', '/')
        if (!/^(src|fuzz\/fixture)\//.test(file) || file.startsWith('src/internal/kernels/')) return undefined
        const counted = insertCounters(sourceText(path, file), next, HITS)
        files.push({ file, first: next, counters: counted.counters })
        next += counted.counters
        for (const word of counted.words) words.add(word)
        return { contents: counted.code, loader: 'js', resolveDir: dirname(path) }
      })
    },
  }
}
