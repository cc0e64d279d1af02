import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('../', import.meta.url))

/**
 * One minified ES module of everything that some modules export, their dependencies included, as a bundler would deploy it.
 *
 * @param modules - packages, subpaths or files; a name alone, as in `millrace/events#S3EventSchema`, lets the bundler drop the rest.
 * @param external - packages to leave out, such as the AWS SDK that Lambda brings along.
 */
export async function bundle(modules: readonly string[], external: readonly string[] = []): Promise<Uint8Array> {
  const contents = modules.map((module, index) => {
    const [path = '', name] = module.split('#')
    return name === undefined ? `export * as m${index} from '${path}'` : `export { ${name} } from '${path}'`
  })
  const result = await build({
    stdin: { contents: contents.join('\n'), resolveDir: ROOT },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    target: 'node20',
    // Loaded by the call that bundles, never with a handler.
    external: [...external, 'esbuild'],
    // CommonJS packages inside an ES module ask for Node's own modules through this.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module';const require = makeRequire(import.meta.url);",
    },
    // Else esbuild would follow the paths of tsconfig.json to the sources.
    tsconfigRaw: {},
    logLevel: 'silent',
  })
  const [file] = result.outputFiles
  if (file === undefined) throw new Error('esbuild gave no file')
  return file.contents
}

/** Every subpath of the package, as a user writes it. */
export function subpathsOfPackage(): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, unknown>>
  }
  return Object.keys(manifest.exports)
    .filter((key) => key !== './package.json')
    .map((key) => `millrace${key.slice(1)}`)
}

const JOB = 'examples/s3-job'

/** What `test/package/sizes.json` keeps: bytes of each subpath alone, of the two that go together, of one event schema, and of the
 * example S3 job, without the AWS SDK and with it. */
export async function bundleSizes(): Promise<Readonly<Record<string, number>>> {
  const sets = [
    ...subpathsOfPackage().map((subpath) => [subpath]),
    ['millrace/codecs', 'millrace/transform'],
    ['millrace/events#S3EventSchema'],
  ]
  const sizes: Record<string, number> = {}
  for (const modules of sets) sizes[modules.join(' + ')] = (await bundle(modules, ['@aws-sdk/*'])).length
  sizes[JOB] = (await bundle([`./${JOB}/handler.ts`], ['@aws-sdk/*'])).length
  sizes[`${JOB} + AWS SDK`] = (await bundle([`./${JOB}/handler.ts`])).length
  return sizes
}
