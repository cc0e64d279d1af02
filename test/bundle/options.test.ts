import { describe, expect, test } from 'vitest'
import { makerOf } from '../../src/bundle/cache-options.ts'
import { checkEsbuildOptions } from '../../src/bundle/esbuild.ts'
import { addCodeCache, bundleHandler, cdkBundling } from '../../src/bundle/index.ts'

const js = <T>(value: unknown): T => value as T

describe('options of the maker', () => {
  test('have defaults', () => {
    expect(makerOf('x', {})).toEqual({ node: process.execPath, env: {}, timeoutMs: 60_000 })
    const options = {
      node: '/node',
      env: { A: '', B: '1' },
      runtime: 'nodejs24.x',
      architecture: 'arm64',
      timeoutMs: 2 ** 31 - 1,
    } as const
    expect(makerOf('x', options)).toEqual(options)
    expect(makerOf('x', { architecture: 'x86_64', timeoutMs: 1 })).toMatchObject({ timeoutMs: 1 })
  })

  test.each([
    [{ runtime: 'xnodejs24.x' }, 'x: runtime must be a name such as nodejs24.x'],
    [{ runtime: 'nodejs24.xx' }, 'x: runtime must be a name such as nodejs24.x'],
    [{ runtime: 'nodejs.x' }, 'x: runtime must be'],
    [{ runtime: 'nodejs24-x' }, 'x: runtime must be'],
    [{ architecture: 'x64' }, 'x: architecture: must be one of arm64, x86_64'],
    [{ timeoutMs: 0 }, 'x: timeoutMs must be a whole number over 0 and under 2^31'],
    [{ timeoutMs: -1 }, 'x: timeoutMs must be'],
    [{ timeoutMs: 1.5 }, 'x: timeoutMs must be'],
    [{ timeoutMs: 2 ** 31 }, 'x: timeoutMs must be'],
    [{ timeoutMs: Number.NaN }, 'x: timeoutMs must be'],
    [{ env: { A: '1', B: 2 } }, 'x: env must have only strings without NUL'],
    [{ env: { A: undefined } }, 'x: env must have only strings without NUL'],
    [{ env: { A: 'a\0b', B: '' } }, 'x: env must have only strings without NUL'],
  ])('%j are refused', (options, message) => {
    expect(() => makerOf('x', js(options))).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(message) }),
    )
  })
})

describe.each([
  ['bundleHandler', bundleHandler, { entry: 'a.ts', outdir: 'dist' }],
  ['addCodeCache', addCodeCache, { file: 'index.js' }],
] as const)('%s', (name, call, needed) => {
  const refusal = async (options: unknown) => {
    const failure = await call(js(options)).catch((error: unknown) => error)
    return failure as { readonly code: string; readonly message: string }
  }

  test('names the options that it needs', async () => {
    expect((await refusal(undefined)).message).toMatch(new RegExp(`^${name}: options must be an object`))
    for (const option of Object.keys(needed)) {
      expect(await refusal({ ...needed, [option]: undefined })).toMatchObject({
        message: expect.stringMatching(new RegExp(`^${name}: ${option} must be `)),
      })
    }
  })

  test.each<readonly [string, unknown]>([
    ['warmUp', 7],
    ['warmUp', ''],
    ['node', 7],
    ['env', 'A=1'],
    ['runtime', 24],
    ['architecture', true],
    ['timeoutMs', '1000'],
    ...(name === 'bundleHandler'
      ? ([
          ['name', 7],
          ['external', 'a'],
          ['minify', 1],
          ['sourcemap', 'linked'],
          ['cache', 1],
          ['esbuild', true],
        ] as const)
      : []),
  ])('refuses %s: %j', async (option, value) => {
    const { message } = await refusal({ ...needed, [option]: value })
    expect(message).toMatch(new RegExp(`^${name}: ${option} must be `))
  })
})

test.each([
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
])('esbuild.%s is set by the bundler itself', (name) => {
  expect(() => checkEsbuildOptions('x', { [name]: false })).toThrow(`x: esbuild.${name} is set by x itself`)
  expect(() => checkEsbuildOptions('x', { [name]: undefined, minify: true })).not.toThrow()
})

describe('cdkBundling', () => {
  /** The options in the command that runs after the bundling. */
  const optionsIn = ([command = '']: readonly string[]): unknown => {
    const [, base64 = ''] =
      /^node -e "import\('millrace\/bundle'\)\.then\(b=>b\.addCodeCache\(JSON\.parse\(Buffer\.from\('([\w+/=]+)','base64'\)\)\)\)"$/.exec(
        command,
      ) ?? []
    return JSON.parse(Buffer.from(base64, 'base64').toString())
  }

  test('is all that a function of CDK needs', () => {
    const { commandHooks, ...bundling } = cdkBundling()
    expect(bundling).toEqual({
      mainFields: ['module', 'main'],
      externalModules: [],
      minify: true,
      sourceMap: false,
      define: {
        'import.meta.url': '__millraceBundleUrl',
        'import.meta.filename': '__filename',
        'import.meta.dirname': '__dirname',
      },
      banner: 'var __millraceBundleUrl=require("node:url").pathToFileURL(__filename).href;',
    })
    expect([commandHooks.beforeBundling('/in', '/out'), commandHooks.beforeInstall('/in', '/out')]).toEqual([[], []])
    expect(optionsIn(commandHooks.afterBundling('/in', '/out'))).toEqual({ file: '/out/index.js' })
  })

  test('passes its options on, the warm-up from the folder of the project', () => {
    const cache = { runtime: 'nodejs24.x', architecture: 'arm64', env: { A: 'ü' }, timeoutMs: 5 } as const
    const made = cdkBundling({ ...cache, warmUp: 'a/warm-up.ts', external: ['a'], minify: false, sourcemap: true })
    expect(made).toMatchObject({ externalModules: ['a'], minify: false, sourceMap: true })
    expect(optionsIn(made.commandHooks.afterBundling('/in', '/out'))).toEqual({
      ...cache,
      warmUp: '/in/a/warm-up.ts',
      file: '/out/index.js',
    })
  })

  test.each([
    [{ external: 'a' }, 'external'],
    [{ minify: 1 }, 'minify'],
    [{ sourcemap: 'x' }, 'sourcemap'],
    [{ warmUp: 1 }, 'warmUp'],
    [{ runtime: 'x' }, 'runtime'],
  ])('refuses %j', (options, name) => {
    expect(() => cdkBundling(js(options))).toThrow(
      expect.objectContaining({ message: expect.stringMatching(new RegExp(`^cdkBundling: ${name} must be`)) }),
    )
  })
})
