import { resolve } from 'node:path'
import { checkOptions } from '../internal/check-arguments.ts'
import type { AddCodeCacheOptions } from './add-code-cache.ts'
import { type CodeCacheOptions, MAKER_KINDS, makerOf } from './cache-options.ts'
import { META } from './esbuild.ts'

export interface CdkBundlingOptions extends CodeCacheOptions {
  /** Packages to leave out, such as `@aws-sdk/*`; none when absent: the SDK starts faster inside. */
  readonly external?: readonly string[]
  /** True when absent. */
  readonly minify?: boolean
  /** True writes a source map; false when absent. */
  readonly sourcemap?: boolean
}

/** Properties for `bundling` of CDK's `NodejsFunction`, which makes CommonJS with them. */
export interface CdkBundling {
  readonly mainFields: string[]
  readonly externalModules: string[]
  readonly minify: boolean
  readonly sourceMap: boolean
  readonly define: Record<string, string>
  readonly banner: string
  readonly commandHooks: {
    beforeBundling(inputDir: string, outputDir: string): string[]
    beforeInstall(inputDir: string, outputDir: string): string[]
    afterBundling(inputDir: string, outputDir: string): string[]
  }
}

/**
 * Make the `bundling` of a `NodejsFunction` of CDK: a bundle as {@link bundleHandler} makes it, and after it a call of {@link addCodeCache}.
 *
 * The cache is of the Node that bundles: the one of your machine, or Lambda's own under `forceDockerBundling: true`. Set `runtime` and `architecture`, so that
 * one that the function cannot use fails the build. Loads neither CDK nor esbuild.
 *
 * @param options.external - the same as `externalModules` of CDK, but none when absent.
 * @returns properties to spread into `bundling`; `format` stays CDK's own default, CommonJS.
 * @throws MillraceError `OPTION_INVALID`.
 * @example
 * const { mainFields, commandHooks } = cdkBundling({ runtime: 'nodejs24.x', architecture: 'arm64' })
 * mainFields // => ['module', 'main']
 * commandHooks.afterBundling('/in', '/out').length // => 1
 */
export function cdkBundling(options: CdkBundlingOptions = {}): CdkBundling {
  const caller = 'cdkBundling'
  checkOptions(caller, options, { ...MAKER_KINDS, external: 'strings', minify: 'boolean', sourcemap: 'boolean' })
  makerOf(caller, options)
  const { external = [], minify = true, sourcemap = false, ...cache } = options
  return {
    mainFields: ['module', 'main'],
    externalModules: [...external],
    minify,
    sourceMap: sourcemap,
    define: { ...META.define },
    banner: META.banner,
    commandHooks: {
      beforeBundling: () => [],
      beforeInstall: () => [],
      afterBundling: (inputDir, outputDir) => {
        const warmUp = cache.warmUp === undefined ? {} : { warmUp: resolve(inputDir, cache.warmUp) }
        return [command({ ...cache, ...warmUp, file: `${outputDir}/index.js` })]
      },
    },
  }
}

/** A call of {@link addCodeCache} for any shell: its options are in base64, which needs no quoting. */
function command(options: AddCodeCacheOptions): string {
  const json = Buffer.from(JSON.stringify(options)).toString('base64')
  const script = `import('millrace/bundle').then(b=>b.addCodeCache(JSON.parse(Buffer.from('${json}','base64'))))`
  return `node -e "${script}"`
}
