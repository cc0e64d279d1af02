import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { Runtime } from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { describe, expect, test } from 'vitest'
import { cdkBundling } from '../../src/bundle/index.ts'
import { builtFile, ROOT } from '../package/support/packed.ts'
import { invoke, project } from './project.ts'

const HANDLER = 'export const handler = async (event: unknown) => ({ event, url: import.meta.url.slice(-15) })\n'
const WARM = 'export const warmUp = (job: { handler(event: unknown): unknown }) => job.handler(1)\n'

/** A project that has millrace as it is built, and esbuild, as an app of CDK does. */
function app(): string {
  builtFile('millrace/bundle')
  const folder = project({ 'handler.ts': HANDLER, 'warm-up.ts': WARM, 'package.json': '{}', 'package-lock.json': '{}' })
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules/millrace'), 'junction')
  symlinkSync(join(ROOT, 'node_modules/esbuild'), join(folder, 'node_modules/esbuild'), 'junction')
  return folder
}

describe('cdkBundling', () => {
  test('a function of CDK starts with a cache, which its handler does not notice', () => {
    const folder = app()
    const stack = new Stack(new App({ outdir: join(folder, 'cdk.out') }), 'stack')
    const before = process.cwd()
    new NodejsFunction(stack, 'Function', {
      entry: join(folder, 'handler.ts'),
      projectRoot: folder,
      depsLockFilePath: join(folder, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      bundling: cdkBundling({ warmUp: 'warm-up.ts' }),
    })
    expect(process.cwd()).toBe(before)
    const asset = readdirSync(join(folder, 'cdk.out')).find((name) => name.startsWith('asset.')) ?? ''
    const files = readdirSync(join(folder, 'cdk.out', asset)).sort()
    expect(files).toEqual(['index.bundle.js', 'index.cache', 'index.js'])
    const { value, log } = invoke(join(folder, 'cdk.out', asset, 'index.js'), { event: 1 })
    expect([value, log]).toEqual([{ event: 1, url: 'index.bundle.js' }, []])
  })

  test('its command fails where the function could not use the cache', () => {
    const folder = app()
    writeFileSync(join(folder, 'index.js'), 'exports.handler = async () => 1')
    const { commandHooks } = cdkBundling({ runtime: 'nodejs18.x' })
    const commands = commandHooks.afterBundling(folder, folder)
    expect(() => execFileSync('sh', ['-c', commands.join(' && ')], { cwd: folder, stdio: 'pipe' })).toThrow(
      /the function runs nodejs18\.x linux/,
    )
  })

  test('unknown options are OPTION_INVALID', () => {
    expect(() => cdkBundling({ externals: [] } as object)).toThrow(/did you mean external\?/)
    expect(() => cdkBundling({ runtime: 'node24' })).toThrow(/nodejs24\.x/)
  })
})
