import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { runEsbuild } from '../../src/bundle/esbuild.ts'
import { project } from './project.ts'

type Build = Parameters<typeof runEsbuild>[1]

/** Bundle a module; its text, and whether it is strict. */
async function built(files: Readonly<Record<string, string>>, build: Partial<Build> = {}, entry = 'handler.mjs') {
  const folder = project(files)
  const outfile = join(folder, 'out.cjs')
  const plain = { external: [], isMinified: false, hasSourceMap: false, further: {} }
  const { isStrict } = await runEsbuild('x', { entry: join(folder, entry), outfile, ...plain, ...build })
  return { isStrict, text: readFileSync(outfile, 'utf8'), folder }
}
const ECHO = 'export const handler = async (event) => event\n'

describe('runEsbuild', () => {
  test('is strict where all code comes from ES modules', async () => {
    expect((await built({ 'handler.mjs': ECHO })).isStrict).toBe(true)
    const mixed = { 'handler.mjs': "export { a } from './lib.cjs'", 'lib.cjs': 'exports.a = 1' }
    expect((await built(mixed)).isStrict).toBe(false)
    const late = { 'handler.mjs': `${ECHO}export const late = () => import('node:fs')` }
    expect((await built(late)).isStrict).toBe(true)
  })

  test('writes CommonJS whose import.meta is the bundle, before the banner of the user', async () => {
    const files = { 'handler.mjs': 'export const at = [import.meta.url, import.meta.filename, STAGE]' }
    const further = { banner: { js: '/* ours */', css: '/* css */' }, define: { STAGE: '"prod"' } }
    const { text } = await built(files, { further })
    expect(text.split('\n')[0]).toBe(
      'var __millraceBundleUrl=require("node:url").pathToFileURL(__filename).href;/* ours */',
    )
    expect(text).toContain('[__millraceBundleUrl, __filename, "prod"]')
    expect(text).toContain('0 && (module.exports = {')
    expect((await built(files)).text.split('\n')[0]).toBe(
      'var __millraceBundleUrl=require("node:url").pathToFileURL(__filename).href;',
    )
  })

  test('minifies, and writes a map, where it is told to', async () => {
    const plain = await built({ 'handler.mjs': ECHO })
    expect(plain.text).not.toContain('sourceMappingURL')
    const small = await built({ 'handler.mjs': ECHO }, { isMinified: true, hasSourceMap: true })
    expect(small.text.length).toBeLessThan(plain.text.length)
    expect(small.text).toContain('sourceMappingURL=out.cjs.map')
  })

  test('takes the ES module of a package, lowers what Node 20 lacks, and leaves out what is external', async () => {
    const files = {
      'handler.mjs':
        "import { from } from 'both'\nimport { a } from 'outside'\nexport const handler = () => { using x = from; return [x, a] }",
      'node_modules/both/package.json': '{"main":"main.js","module":"module.js"}',
      'node_modules/both/main.js': "exports.from = 'main'",
      'node_modules/both/module.js': "export const from = 'module'",
      'node_modules/late/package.json': '{"main":"main.js"}',
      'node_modules/late/main.js': "exports.from = 'late'",
    }
    const { text } = await built(files, { external: ['outside'] })
    expect(text).toContain('"module"')
    expect(text).toContain('require("outside")')
    expect(text).not.toMatch(/\busing x\b/)
    const kept = await built(files, { external: ['outside'], further: { supported: { using: true } } })
    expect(kept.text).toMatch(/\busing x\b/)
    const main = await built({ ...files, 'handler.mjs': "export { from } from 'late'" })
    expect(main.text).toContain('"late"')
  })

  test('requires what is of Node where it is imported late, and imports all else', async () => {
    const modules = ['node:fs', 'fs/promises', 'os', 'node:test/reporters', 'outside', 'my-fs', 'x:fs', 'node:fs?q']
    const text = modules.map((name) => `() => import('${name}')`).join(', ')
    const files = {
      'handler.mjs': `import { readFileSync } from 'node:fs'\nexport const late = [readFileSync, ${text}]`,
    }
    const bundle = await built(files, { external: ['outside', 'my-fs', 'x:fs', 'node:fs?q'] })
    const imported = Array.from(bundle.text.matchAll(/\bimport\("(.*?)"\)/g), ([, name]) => name)
    expect(imported).toEqual(['outside', 'my-fs', 'x:fs', 'node:fs?q'])
    const required = Array.from(bundle.text.matchAll(/\w+\.exports = require\("(.*?)"\)/g), ([, name]) => name)
    expect(new Set(required)).toEqual(new Set(['node:fs', 'fs/promises', 'os', 'node:test/reporters']))
    expect(bundle.text).toMatch(/= require\("node:fs"\);\n/)
  })

  test("runs the user's plugins first", async () => {
    const files = { 'handler.mjs': "export const late = () => import('node:fs')" }
    const plugin = {
      name: 'mine',
      setup(build: { onResolve(options: object, callback: () => object): void }) {
        build.onResolve({ filter: /^node:fs$/ }, () => ({ path: 'mine', external: true }))
      },
    }
    expect((await built(files, { further: { plugins: [plugin] } })).text).toContain('import("mine")')
  })

  test('prints nothing, and tells up to three faults with their places', async () => {
    const printed = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    const text = [1, 2, 3, 4].map((n) => `import './none-${n}.js'`).join('\n')
    const folder = project({ 'handler.mjs': text })
    const entry = join(folder, 'handler.mjs')
    const plain = { external: [], isMinified: false, hasSourceMap: false, further: {} }
    const failure = await runEsbuild('x', { entry, outfile: join(folder, 'out.cjs'), ...plain }).catch((e) => e)
    printed.mockRestore()
    expect(failure).toMatchObject({ code: 'BUNDLE_FAILED', cause: { errors: { length: 4 } } })
    const { message } = failure as Error
    expect(message).toMatch(/^x: .*handler\.mjs cannot be bundled: /)
    const found = message.split(/: (?=\S*handler\.mjs:\d)|; /).slice(1)
    expect(found.map((part) => part.replace(/^\S*handler/, 'handler'))).toEqual([
      'handler.mjs:1: Could not resolve "./none-1.js"',
      'handler.mjs:2: Could not resolve "./none-2.js"',
      'handler.mjs:3: Could not resolve "./none-3.js"',
    ])
  })

  test('tells what to do about top-level await, and names other faults as esbuild does', async () => {
    await expect(built({ 'handler.mjs': 'await 1\nexport {}' })).rejects.toThrow(
      /handler\.mjs:1: top-level await cannot be cached; put it into a function, or a promise that the handler awaits$/,
    )
    await expect(built({}, {}, 'none.mjs')).rejects.toThrow(/none\.mjs cannot be bundled: Could not resolve "[^"]*none/)
    await expect(built({ 'handler.mjs': ECHO }, { further: { nothing: 1 } })).rejects.toThrow(
      /handler\.mjs cannot be bundled: \S+: Invalid option in build\(\) call: "nothing"$/,
    )
    const relative = { entry: 'none.mjs', outfile: '/none', external: [], isMinified: false, hasSourceMap: false }
    await expect(runEsbuild('x', { ...relative, further: {} })).rejects.toThrow(
      `x: ${join(process.cwd(), 'none.mjs')} cannot be bundled`,
    )
  })
})
