import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { DATA } from './text-file.ts'

const BENCH = fileURLToPath(new URL('./', import.meta.url))

/** A child process and the candidates that it runs, as JavaScript. */
export interface Compiled {
  readonly child: string
  candidate(module: string): string
}

/**
 * Compile candidates as they would be deployed: Node's own removal of types holds 17 MB, which none of them would.
 *
 * @param modules - paths relative to `bench/candidates`, without `.ts`.
 */
export async function compile(modules: readonly string[]): Promise<Compiled> {
  const outdir = join(DATA, 'compiled')
  await build({
    entryPoints: [join(BENCH, 'child.ts'), ...modules.map((module) => join(BENCH, 'candidates', `${module}.ts`))],
    outdir,
    outbase: BENCH,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    external: ['millrace/*'],
    format: 'esm',
    platform: 'node',
    target: 'node24',
    logLevel: 'error',
  })
  return {
    child: join(outdir, 'child.mjs'),
    candidate: (module) => join(outdir, 'candidates', `${module}.mjs`),
  }
}
