import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import { bootstrapText } from '../../src/bundle/bootstrap.ts'
import { bundleHandler } from '../../src/bundle/index.ts'
import { nodesToTest } from '../support/nodes.ts'
import { invoke, project } from './project.ts'

const js = <T>(value: unknown): T => value as T

const ECHO = 'export const handler = async (event: unknown) => ({ event })\n'
const OLD = ['--max-old-space-size=300', '--max-semi-space-size=15', '--expose-gc', '--max-http-header-size', '81920']

async function bundled(text: string, options: Partial<Parameters<typeof bundleHandler>[0]> = {}) {
  const folder = project({ 'handler.ts': text })
  const made = await bundleHandler({ entry: join(folder, 'handler.ts'), outdir: join(folder, 'dist'), ...options })
  return {
    ...made,
    folder,
    file: join(made.outdir, `${made.name}.cjs`),
    cache: join(made.outdir, `${made.name}.cache`),
  }
}

describe.each(nodesToTest())('on $name', ({ node, skip }) => {
  test.skipIf(skip)('V8 takes the cache, and nothing is logged', async () => {
    const { file, outdir, files, handlers } = await bundled(ECHO, { node })
    expect(readdirSync(outdir).sort()).toEqual([...files].sort())
    expect(handlers).toEqual(['handler'])
    expect(invoke(file, { node, event: { id: 1 } })).toEqual({
      value: { event: { id: 1 } },
      names: expect.arrayContaining(['handler']),
      log: [],
    })
  })

  test.skipIf(skip)('it also does under the flags by which Lambda sets the heap', async () => {
    const { file } = await bundled(ECHO, { node })
    expect(invoke(file, { node, flags: OLD }).log).toEqual([])
    expect(invoke(file, { node, env: { NODE_OPTIONS: '--max_old_space_size=400 --enable-source-maps' } }).log).toEqual(
      [],
    )
  })

  test.skipIf(skip)('other flags of V8 run without it, and say so in one line', async () => {
    const { file } = await bundled(ECHO, { node })
    const { value, log } = invoke(file, { node, flags: ['--no-lazy', ...OLD], event: 1 })
    expect(value).toEqual({ event: 1 })
    expect(log).toEqual([
      expect.stringMatching(/^millrace\/bundle: handler\.bundle\.cjs starts without its code cache: .*--no-lazy.*/),
    ])
  })

  test.skipIf(skip)('errors have the places of the source, where maps are on', async () => {
    const text = `const fail = (): never => {\n  throw new RangeError('no such thing')\n}\nexport const handler = async () => fail()\n`
    const { file } = await bundled(text, { node, sourcemap: true })
    const plain = invoke(file, { node })
    const mapped = invoke(file, { node, flags: ['--enable-source-maps'] })
    expect([plain.error, plain.log, mapped.log]).toEqual(['no such thing', [], []])
    expect(plain.stack).toMatch(/dist\/handler\.bundle\.cjs:2:\d+/)
    expect(mapped.stack).toMatch(/handler\.ts:2:\d+/)
  })
})

describe('a cache that does not fit', () => {
  const cases: readonly [string, (file: string) => void, RegExp][] = [
    ['is missing', (file) => rmSync(file), /there is no handler\.cache/],
    ['is empty', (file) => writeFileSync(file, ''), /handler\.cache is damaged/],
    ['is cut', (file) => writeFileSync(file, readFileSync(file).subarray(0, 400)), /handler\.cache is damaged/],
    ['has a flipped bit', (file) => writeFileSync(file, flipped(readFileSync(file), 500)), /handler\.cache is damaged/],
    [
      'is of another version of Node',
      (file) => relabel(file, { node: 'v1.2.3' }),
      /made for node v1\.2\.3, this is v\d+/,
    ],
    ['is of another architecture', (file) => relabel(file, { arch: 'vax' }), /made for arch vax, this is/],
    ['is of another V8', (file) => relabel(file, { v8: '1.2' }), /made for v8 1\.2, this is/],
  ]
  test.each(cases)('%s: the bundle runs, and one line says so', async (_, damage, reason) => {
    const { file, cache } = await bundled(ECHO)
    damage(cache)
    const { value, log } = invoke(file, { event: 1 })
    expect(value).toEqual({ event: 1 })
    expect(log).toEqual([expect.stringMatching(reason)])
  })

  test('a bundle that was changed after its cache was made runs as it is', async () => {
    const { outdir, file } = await bundled('export const handler = async () => "old"')
    const bundle = join(outdir, 'handler.bundle.cjs')
    writeFileSync(bundle, readFileSync(bundle, 'utf8').replace('"old"', '"new"'))
    const { value, log } = invoke(file)
    expect(value).toBe('new')
    expect(log).toEqual([expect.stringMatching(/handler\.bundle\.cjs is not the file that it was made of/)])
  })
})

test('a package of sloppy CommonJS stays sloppy under a handler that is an ES module', async () => {
  const folder = project({
    'handler.ts':
      "import { f, root } from './lib.cjs'\nexport const handler = async () => [f(), root === globalThis]\n",
    'lib.cjs': 'exports.f = function () { leak = 1; return leak }; exports.root = (function () { return this })()\n',
  })
  const { outdir } = await bundleHandler({ entry: join(folder, 'handler.ts'), outdir: join(folder, 'dist') })
  expect(invoke(join(outdir, 'handler.cjs'))).toMatchObject({ value: [1, true], log: [] })
})

test('lists the files to deploy, and the maker where the cache is made elsewhere', async () => {
  const text = `export const handler = async () => process.env['STAGE']\n`
  const folder = project({ 'handler.ts': text })
  const options = { entry: join(folder, 'handler.ts'), outdir: join(folder, 'dist'), sourcemap: true } as const
  const outdir = join(folder, 'dist')
  const madeFor = `${process.version} ${process.platform} ${process.arch}`
  const made = await bundleHandler({ ...options, name: 'job' })
  const bundleBytes = readFileSync(join(outdir, 'job.bundle.cjs')).length
  const files = ['job.cjs', 'job.bundle.cjs', 'job.bundle.cjs.map']
  const cacheBytes = made.cacheBytes
  expect(made).toEqual({
    ...{ outdir, name: 'job', bundleBytes, handlers: ['handler'], cacheBytes, madeFor },
    files: [...files, 'job.cache'],
  })
  expect(cacheBytes).toBeGreaterThan(100)
  expect(readdirSync(outdir).sort()).toEqual([...made.files].sort())
  const later = await bundleHandler({ ...options, name: 'job', cache: false })
  const maker = join(outdir, 'job.make-cache.cjs')
  expect(later).toEqual({ outdir, name: 'job', bundleBytes, handlers: [], files, cacheBytes: 0, maker })
  expect(readdirSync(outdir).sort()).toEqual([...files, 'job.make-cache.cjs'].sort())
})

test('the warm-up has the environment of this process, that of the options over it, and no options of Node', async () => {
  const warm = `export const warmUp = () => { throw new Error([process.env['STAGE'], typeof process.env['PATH'], process.env['NODE_OPTIONS'], process.env['NODE_V8_COVERAGE']].join()) }`
  const folder = project({ 'handler.ts': ECHO, 'warm-up.ts': warm })
  const options = {
    entry: join(folder, 'handler.ts'),
    outdir: join(folder, 'dist'),
    warmUp: join(folder, 'warm-up.ts'),
  }
  vi.stubEnv('NODE_OPTIONS', '--no-warnings')
  vi.stubEnv('NODE_V8_COVERAGE', join(folder, 'coverage'))
  vi.stubEnv('STAGE', 'dev')
  const failureOf = (env: Readonly<Record<string, string>>) =>
    bundleHandler({ ...options, env }).catch((error: Error) => error) as Promise<Error>
  expect((await failureOf({})).message).toContain('Error: dev,string,,;')
  const failure = await failureOf({ STAGE: 'prod' })
  expect(failure.message).toContain('Error: prod,string,,;')
  expect(failure.cause).toMatchObject({ code: 1, killed: false })
  vi.unstubAllEnvs()
})

test('the exports are found before a long footer', async () => {
  const footer = { js: `// ${'ü'.repeat(80_000)}` }
  const { file } = await bundled(ECHO, { esbuild: { footer }, cache: false })
  expect(readFileSync(file, 'utf8')).toContain('0 && (module.exports = { handler })')
})

test('names of exports are told to tools that look for them, as far as they are identifiers', () => {
  const files = { bundle: 'a.bundle.cjs', cache: 'a.cache', maker: 'a.make-cache.cjs', warmUp: 'a.warm-up.cjs' }
  const hintOf = (exports: readonly string[]) =>
    bootstrapText({ files, isStrict: true, exports }).split('\n').slice(-2).join('|')
  expect(hintOf(['handler', '$a', '_b', 'c1', '1d', 'e-f', '', 'g h'])).toBe(
    '0 && (module.exports = { handler, $a, _b, c1 })|',
  )
  expect(hintOf([''])).toBe('module.exports = evaluate(script)|')
  expect(hintOf([])).toBe('module.exports = evaluate(script)|')
})

test('a handler that streams its response is wrapped as in the runtime of Lambda', async () => {
  const text = `declare const awslambda: { streamifyResponse(handler: unknown): unknown }
export const handler = awslambda.streamifyResponse(async () => {})\n`
  expect((await bundled(text)).handlers).toEqual(['handler'])
})

test.each(['handler.js', 'handler.mjs'])('a folder with %s, which Lambda would load, is refused', async (sibling) => {
  const folder = project({ 'handler.ts': ECHO, [`dist/${sibling}`]: '' })
  const bundling = bundleHandler({ entry: join(folder, 'handler.ts'), outdir: join(folder, 'dist') })
  const message = expect.stringContaining(`outdir has ${sibling}, which Lambda would load instead of handler.cjs`)
  await expect(bundling).rejects.toMatchObject({ code: 'OPTION_INVALID', message })
})

test.each([
  ['in quotes', '--interpreted-frames-native-stack', { env: { NODE_OPTIONS: '"--interpreted-frames-native-stack"' } }],
  ['with one dash', '--no-lazy', { flags: ['-no-lazy'] }],
])('flags of V8 %s are seen', async (_, flag, run) => {
  const { file } = await bundled(ECHO)
  const { value, log } = invoke(file, { ...run, event: 1 })
  expect(value).toEqual({ event: 1 })
  expect(log).toEqual([expect.stringContaining(`made under no flags of V8, this process has ${flag}`)])
})

describe('a bundled handler does what its source does', () => {
  const cases: readonly [string, string, Parameters<typeof invoke>[1], unknown][] = [
    ['a module of ES', 'export const handler = (event) => Promise.resolve(event.id)', { event: { id: 7 } }, 7],
    [
      'CommonJS',
      'exports.handler = async function (event) { return [event, this === undefined] }',
      { event: 1 },
      [1, false],
    ],
    ['module.exports', 'module.exports = { handler: async () => __filename.endsWith("handler.bundle.cjs") }', {}, true],
    [
      'strict code',
      'export const handler = async () => { undeclared = 1; return "sloppy" }',
      {},
      'undeclared is not defined',
    ],
    [
      'a hashbang and a name that is a keyword',
      '#!/usr/bin/env node\nconst del = 1\nexport { del as delete }\nexport const handler = async () => del',
      {},
      1,
    ],
    ['sloppy code', 'exports.handler = async () => { undeclared = 1; return undeclared }', {}, 1],
    [
      'a module of Node, imported late',
      "export const handler = async () => typeof (await import('node:fs')).readFileSync + typeof (await import('os')).default.cpus",
      {},
      'functionfunction',
    ],
    [
      'import.meta',
      "export const handler = async () => [import.meta.url.replace(/.*[/]/, ''), import.meta.dirname === __dirname, import.meta.filename.slice(-10)]",
      {},
      ['handler.bundle.cjs', true, 'bundle.cjs'],
    ],
    [
      'a thrown error',
      'export const handler = async () => { throw new TypeError("no such order") }',
      {},
      'no such order',
    ],
    [
      'text beyond ASCII',
      'export const handler = async () => "Zürich \u{1F600} \u2028"',
      {},
      'Zürich \u{1F600} \u2028',
    ],
    ['several handlers', 'export const plan = async () => 1\nexport const run = async () => 2', { handler: 'run' }, 2],
  ]
  test.each(cases)('%s', async (name, text, invocation, expected) => {
    const folder = project({ [/CommonJS|exports|sloppy/.test(name) ? 'handler.cjs' : 'handler.mjs']: text })
    const entry = join(folder, readdirSync(folder)[0] ?? '')
    const { outdir } = await bundleHandler({ entry, outdir: join(folder, 'dist') })
    const { value, error, log } = invoke(join(outdir, 'handler.cjs'), invocation)
    expect([value ?? error, log]).toEqual([expected, []])
  })

  test('a handler that streams keeps the symbol by which Lambda sees it', async () => {
    const { file } =
      await bundled(`const stream = async () => Symbol.keyFor(Reflect.ownKeys(handler).find((key) => typeof key === 'symbol') as symbol)
export const handler: (() => Promise<unknown>) & { [key: symbol]: string } = Object.assign(stream, { [Symbol.for('aws.lambda.runtime.handler.streaming')]: 'response' })`)
    expect(invoke(file).value).toBe('aws.lambda.runtime.handler.streaming')
  })

  test('packages that are left out are found beside the bundle, and imported late', async () => {
    const folder = project({
      'handler.ts': "import { a } from 'outside'\nexport const handler = async () => [a, (await import('late')).b]",
      'node_modules/outside/package.json': '{"main":"index.js"}',
      'node_modules/outside/index.js': 'exports.a = 1',
      'node_modules/late/package.json': '{"type":"module","exports":"./index.js"}',
      'node_modules/late/index.js': 'export const b = await 2',
    })
    await bundleHandler({
      entry: join(folder, 'handler.ts'),
      outdir: join(folder, 'dist'),
      external: ['outside', 'late'],
    })
    expect(invoke(join(folder, 'dist/handler.cjs')).value).toEqual([1, 2])
  })

  test('what throws when it is loaded throws there', async () => {
    const { file } = await bundled(`if (process.env['BREAK']) throw new Error('broken at start')\n${ECHO}`)
    expect(() => invoke(file, { env: { BREAK: '1' } })).toThrow(/broken at start/)
  })
})

describe('the warm-up', () => {
  const HANDLER =
    'export const createHandler = (value: number) => async () => { globalThis.ran = value; return value }\nexport const handler = createHandler(1)'
  const WARM =
    "import type * as job from '../handler.ts'\nexport const warmUp = async ({ createHandler }: typeof job) => { await createHandler(5)() }"

  test('runs what it is asked to, and leaves nothing behind', async () => {
    const folder = project({ 'handler.ts': HANDLER, 'build/warm-up.ts': WARM })
    const options = { entry: join(folder, 'handler.ts'), outdir: join(folder, 'dist') }
    const cold = await bundleHandler(options)
    const warm = await bundleHandler({ ...options, warmUp: join(folder, 'build/warm-up.ts') })
    expect(warm.cacheBytes).toBeGreaterThan(cold.cacheBytes)
    expect(readdirSync(warm.outdir).sort()).toEqual([...warm.files].sort())
    expect(invoke(join(warm.outdir, 'handler.cjs'))).toMatchObject({ value: 1, log: [] })
  })

  test('is left beside the bundle with the maker, for another Node', async () => {
    const folder = project({ 'handler.ts': HANDLER, 'build/warm-up.ts': WARM })
    const options = {
      entry: join(folder, 'handler.ts'),
      outdir: join(folder, 'dist'),
      warmUp: join(folder, 'build/warm-up.ts'),
    }
    const { maker = '', files, outdir } = await bundleHandler({ ...options, cache: false })
    expect(invoke(join(outdir, 'handler.cjs')).log).toEqual([expect.stringMatching(/there is no handler\.cache/)])
    execFileSync(process.execPath, [maker], { stdio: 'pipe' })
    expect(readdirSync(outdir).sort()).toEqual([...files, 'handler.cache'].sort())
    expect(invoke(join(outdir, 'handler.cjs'))).toMatchObject({ value: 1, log: [] })
  })

  const cases: readonly [string, string, object, RegExp][] = [
    [
      'throws',
      "export const warmUp = () => { throw new RangeError('no bucket') }",
      {},
      /failed when it was loaded and warmed up by .*RangeError: no bucket; set what it needs in env/,
    ],
    [
      'does not end',
      'export const warmUp = () => new Promise((done) => setTimeout(done, 60_000))',
      { timeoutMs: 700 },
      /had not ended after 700 ms/,
    ],
    [
      'ends the process',
      'export const warmUp = () => process.exit(0)',
      {},
      /it ended its process, or waits for something that never comes/,
    ],
    [
      'waits for something that never comes',
      'export const warmUp = () => new Promise(() => {})',
      {},
      /it ended its process, or waits for something that never comes/,
    ],
    [
      'logs before it throws',
      "export const warmUp = () => { console.error('Error: ignored'); throw new RangeError('no bucket') }",
      {},
      /warmed up by \S+: RangeError: no bucket; set what it needs in env/,
    ],
    ['is missing', 'export const warmup = () => {}', {}, /warmUp is not a function/],
    ['cannot be bundled', 'export const warmUp = ', {}, /warm-up\.ts:1: Unexpected end of file/],
  ]
  test.each(cases)('that %s is BUNDLE_FAILED', async (_, text, options, message) => {
    const folder = project({ 'handler.ts': HANDLER, 'warm-up.ts': text })
    const bundling = bundleHandler({
      entry: join(folder, 'handler.ts'),
      outdir: join(folder, 'dist'),
      warmUp: join(folder, 'warm-up.ts'),
      ...options,
    })
    await expect(bundling).rejects.toMatchObject({ code: 'BUNDLE_FAILED', message: expect.stringMatching(message) })
    const left = message.source.includes('Unexpected') ? ['handler.bundle.cjs'] : ['handler.bundle.cjs', 'handler.cjs']
    expect(readdirSync(join(folder, 'dist')).sort()).toEqual(left)
  })
})

describe('is refused', () => {
  const failures: readonly [string, string, object, RegExp][] = [
    [
      'top-level await',
      `export const x = await Promise.resolve(1)\n${ECHO}`,
      {},
      /handler\.ts:1: top-level await cannot be cached; put it into a function/,
    ],
    ['a fault of syntax', 'export const handler = ', {}, /handler\.ts:1: Unexpected end of file/],
    ['an import of nothing', `import 'no-such-package'\n${ECHO}`, {}, /Could not resolve "no-such-package"/],
    ['a module without a function', 'export const handler = 1', {}, /exports no function; export the handler/],
    ['a module that throws', "throw new Error('TABLE is missing')", {}, /Error: TABLE is missing/],
    [
      'a cache of another runtime',
      ECHO,
      { runtime: 'nodejs18.x' },
      /the function runs nodejs18\.x linux; run it there, or with cache: false/,
    ],
    [
      'a cache of another architecture',
      ECHO,
      { architecture: process.arch === 'x64' ? 'arm64' : 'x86_64' },
      /the function runs linux/,
    ],
    ['a Node that is not there', ECHO, { node: '/no/such/node' }, /ENOENT/],
  ]
  test.each(failures)('%s, as BUNDLE_FAILED', async (_, text, options, message) => {
    await expect(bundled(text, options)).rejects.toMatchObject({
      code: 'BUNDLE_FAILED',
      message: expect.stringMatching(message),
    })
  })

  const mistakes: readonly [string, object, RegExp][] = [
    ['a name with a point', { name: 'a.b' }, /name must consist of letters, digits, _ and -.*unless you pass it/],
    ['an unknown runtime', { runtime: 'node24' }, /runtime must be a name such as nodejs24\.x/],
    ['an unknown architecture', { architecture: 'x64' }, /architecture: must be one of arm64, x86_64/],
    ['no time', { timeoutMs: 0 }, /timeoutMs must be a whole number over 0/],
    ['half a millisecond', { timeoutMs: 1000.5 }, /timeoutMs must be a whole number over 0/],
    ['an environment with NUL', { env: { A: 'a\0b' } }, /env must have only strings without NUL/],
    ['an environment of numbers', { env: { A: 1 } }, /env must have only strings/],
    [
      'options of esbuild that are taken',
      { esbuild: { format: 'esm' } },
      /esbuild\.format is set by bundleHandler itself/,
    ],
    ['a source map by two ways', { esbuild: { sourcemap: true } }, /esbuild\.sourcemap is set by bundleHandler itself/],
    ['a name that no option has', { sourceMap: true }, /did you mean sourcemap\?/],
  ]
  test.each(mistakes)('%s, as OPTION_INVALID', async (_, options, message) => {
    const bundling = bundleHandler({ entry: 'handler.ts', outdir: 'dist', ...js<object>(options) })
    await expect(bundling).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringMatching(message) })
    expect(existsSync('dist/handler.cjs')).toBe(false)
  })

  test('a folder in which the entry would be overwritten, as OPTION_INVALID', async () => {
    const folder = project({ 'handler.cjs': 'exports.handler = async () => 1' })
    const bundling = bundleHandler({ entry: join(folder, 'handler.cjs'), outdir: folder })
    await expect(bundling).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(/outdir would overwrite entry/),
    })
    expect(readFileSync(join(folder, 'handler.cjs'), 'utf8')).toBe('exports.handler = async () => 1')
  })

  test('options of esbuild reach it', async () => {
    const { file } = await bundled('declare const STAGE: string\nexport const handler = async () => STAGE', {
      esbuild: { define: { STAGE: '"prod"' }, banner: { js: '/* ours */' } },
    })
    expect(invoke(file).value).toBe('prod')
  })
})

function flipped(bytes: Buffer, at: number): Buffer {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  return bytes
}

/** Claim that a cache was made elsewhere. */
function relabel(file: string, claim: Readonly<Record<string, string>>): void {
  const bytes = readFileSync(file)
  const end = bytes.length - 8
  const start = end - bytes.readUInt32LE(end)
  const meta = JSON.parse(bytes.toString('utf8', start, end))
  const text = Buffer.from(JSON.stringify({ ...meta, identity: { ...meta.identity, ...claim } }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  const content = Buffer.concat([bytes.subarray(0, start), text, length])
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32LE(crc32(content))
  writeFileSync(file, Buffer.concat([content, checksum]))
}
