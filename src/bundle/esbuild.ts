import { builtinModules } from 'node:module'
import { isAbsolute, resolve } from 'node:path'
import { MillraceError } from '../errors.ts'

/** The part of esbuild that is used: its own types would make every reader of these need the package. */
interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<{ readonly metafile?: Metafile }>
}

interface Metafile {
  readonly inputs: Readonly<Record<string, { readonly format?: string }>>
}

interface PluginBuild {
  onResolve(
    options: { readonly filter: RegExp },
    callback: (args: { readonly path: string; readonly kind: string }) => object | undefined,
  ): void
  onLoad(
    options: { readonly filter: RegExp; readonly namespace: string },
    callback: (args: { readonly path: string }) => object,
  ): void
}

export interface Build {
  readonly entry: string
  readonly outfile: string
  readonly external: readonly string[]
  readonly isMinified: boolean
  readonly hasSourceMap: boolean
  /** Further options of esbuild. */
  readonly further: Readonly<Record<string, unknown>>
}

/** Options that the cache depends on. */
const OWN = [
  'entryPoints',
  'stdin',
  'outfile',
  'outdir',
  'bundle',
  'format',
  'platform',
  'splitting',
  'write',
  'metafile',
  'sourcemap',
]

/** Namespace of Node's own modules in the bundle. */
const BUILT_IN = 'millrace-built-in'
const URL_NAME = '__millraceBundleUrl'

/** Options with which esbuild writes the CommonJS that a bootstrap loads: `import.meta` means the bundle, as in an ES module. */
export const META = {
  define: {
    'import.meta.url': URL_NAME,
    'import.meta.filename': '__filename',
    'import.meta.dirname': '__dirname',
  },
  banner: `var ${URL_NAME}=require("node:url").pathToFileURL(__filename).href;`,
} as const

/** Refuse options of esbuild that `entry` sets itself. */
export function checkEsbuildOptions(entry: string, further: Readonly<Record<string, unknown>>): void {
  const clash = OWN.find((name) => further[name] !== undefined)
  if (clash === undefined) return
  throw new MillraceError('OPTION_INVALID', `${entry}: esbuild.${clash} is set by ${entry} itself; leave it out`)
}

/**
 * Bundle a module as CommonJS for Lambda.
 *
 * @returns whether the bundle is strict code: all of it comes from ES modules. A package of CommonJS may need sloppy code.
 */
export async function runEsbuild(caller: string, build: Build): Promise<{ readonly isStrict: boolean }> {
  const esbuild = await loadEsbuild(caller)
  const { define, banner, plugins, supported, ...further } = build.further as {
    readonly define?: object
    readonly banner?: { readonly js?: string }
    readonly plugins?: readonly object[]
    readonly supported?: object
  }
  try {
    const { metafile } = await esbuild.build({
      minify: build.isMinified,
      sourcemap: build.hasSourceMap,
      external: [...build.external],
      target: 'node20',
      mainFields: ['module', 'main'],
      logLevel: 'silent',
      ...further,
      define: { ...META.define, ...define },
      banner: { ...banner, js: `${META.banner}${banner?.js ?? ''}` },
      plugins: [...(plugins ?? []), BUILT_INS],
      ...(supported && { supported }),
      entryPoints: [build.entry],
      outfile: build.outfile,
      bundle: true,
      format: 'cjs',
      platform: 'node',
      metafile: true,
    })
    const inputs = Object.entries(metafile?.inputs ?? {}).filter(([path]) => !path.startsWith(`${BUILT_IN}:`))
    return { isStrict: inputs.every(([, { format }]) => format === 'esm') }
  } catch (cause) {
    throw bundleError(caller, build.entry, cause)
  }
}

/** The modules of Node by `require` where code imports them when it runs: Node reports `import()` of code that has a cache as experimental. */
const BUILT_INS = {
  name: 'millrace-built-ins',
  setup(build: PluginBuild): void {
    const names = new Set(builtinModules)
    build.onResolve({ filter: /^(?:node:)?[\w/]+$/ }, ({ path, kind }) => {
      const isOwn = path.startsWith('node:') || names.has(path)
      return kind === 'dynamic-import' && isOwn ? { path, namespace: BUILT_IN } : undefined
    })
    build.onLoad({ filter: /^/, namespace: BUILT_IN }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
    }))
  },
}

async function loadEsbuild(caller: string): Promise<Esbuild> {
  try {
    return (await import('esbuild')) as unknown as Esbuild
  } catch (cause) {
    const rule = 'needs esbuild, which is an optional peer: npm install --save-dev esbuild'
    throw new MillraceError('BUNDLE_FAILED', `${caller} ${rule}`, { cause })
  }
}

interface Message {
  readonly text: string
  readonly location?: { readonly file: string; readonly line: number } | null
}

/** The faults that esbuild found, at most three of them. */
function bundleError(caller: string, entry: string, cause: unknown): MillraceError {
  const found = (cause as { readonly errors?: readonly Message[] } | null)?.errors ?? []
  const shown = found.slice(0, 3).map(({ text, location }) => {
    const place = location ? `${location.file}:${location.line}: ` : ''
    if (!/^Top-level await/.test(text)) return `${place}${text}`
    return `${place}top-level await cannot be cached; put it into a function, or a promise that the handler awaits`
  })
  const rule = shown.length === 0 ? String((cause as Error | null)?.message ?? cause) : shown.join('; ')
  const path = isAbsolute(entry) ? entry : resolve(entry)
  return new MillraceError('BUNDLE_FAILED', `${caller}: ${path} cannot be bundled: ${rule}`, { cause })
}
