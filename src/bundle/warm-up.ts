import { dirname, join } from 'node:path'
import { cacheFiles } from './code-cache.ts'
import { runEsbuild } from './esbuild.ts'

/** Bundle the module of a warm-up next to the bootstrap, for the script that makes the cache. */
export async function bundleWarmUp(caller: string, entry: string, bootstrap: string): Promise<void> {
  const outfile = join(dirname(bootstrap), cacheFiles(bootstrap).warmUp)
  await runEsbuild(caller, { entry, outfile, external: [], isMinified: false, hasSourceMap: false, further: {} })
}
