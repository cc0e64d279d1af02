import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { addCodeCache, bundleHandler } from '../../src/bundle/index.ts'
import { nodesToTest } from '../support/nodes.ts'
import { invoke, project } from './project.ts'

const HANDLER = 'exports.handler = async (event) => ({ event })\n'

describe.each(nodesToTest())('on $name', ({ node, skip }) => {
  test.skipIf(skip)('a file of any bundler keeps its name, and starts with a cache', async () => {
    const folder = project({ 'dist/index.js': HANDLER })
    const file = join(folder, 'dist/index.js')
    const { handlers, bytes } = await addCodeCache({ file, node })
    expect(handlers).toEqual(['handler'])
    expect(bytes).toBeGreaterThan(0)
    expect(readdirSync(join(folder, 'dist')).sort()).toEqual(['index.bundle.js', 'index.cache', 'index.js'])
    expect(invoke(file, { node, event: 1 })).toMatchObject({ value: { event: 1 }, log: [] })
  })
})

test('called again it makes the cache again', async () => {
  const file = join(project({ 'dist/index.js': HANDLER }), 'dist/index.js')
  await addCodeCache({ file })
  writeFileSync(file.replace('.js', '.cache'), 'damaged')
  expect(invoke(file).log).toHaveLength(1)
  await addCodeCache({ file })
  expect(invoke(file, { event: 2 })).toMatchObject({ value: { event: 2 }, log: [] })
  expect(readFileSync(file.replace('index.js', 'index.bundle.js'), 'utf8')).toBe(HANDLER)
})

test('called again it makes a cache that is gone, and stays strict where it was', async () => {
  for (const [text, isStrict] of [
    ['export const handler = async () => 1', true],
    ["import './sloppy.cjs'\nexport const handler = async () => 1", false],
  ] as const) {
    const folder = project({ 'handler.mjs': text, 'sloppy.cjs': '' })
    await bundleHandler({ entry: join(folder, 'handler.mjs'), outdir: join(folder, 'dist') })
    const file = join(folder, 'dist/handler.cjs')
    rmSync(join(folder, 'dist/handler.cache'))
    await addCodeCache({ file })
    expect(readFileSync(file, 'utf8')).toContain(`\nconst IS_STRICT = ${isStrict}\n`)
    expect(invoke(file)).toMatchObject({ value: 1, log: [] })
  }
  const file = join(project({ 'dist/index.js': `${HANDLER}const IS_STRICT = true\n` }), 'dist/index.js')
  await addCodeCache({ file })
  expect(readFileSync(file, 'utf8')).toContain('\nconst IS_STRICT = false\n')
})

test('a handler that was built again replaces the bundle of before', async () => {
  const file = join(project({ 'dist/index.js': HANDLER }), 'dist/index.js')
  await addCodeCache({ file })
  writeFileSync(file, "#!/usr/bin/env node\nexports.handler = async () => 'new'\n")
  await addCodeCache({ file })
  expect(invoke(file)).toMatchObject({ value: 'new', log: [] })
})

test('a warm-up runs', async () => {
  const folder = project({
    'dist/index.js': HANDLER,
    'warm-up.ts': 'export const warmUp = (job: { handler(event: unknown): unknown }) => job.handler(1)',
  })
  const options = { file: join(folder, 'dist/index.js') }
  const cold = await addCodeCache(options)
  const warm = await addCodeCache({ ...options, warmUp: join(folder, 'warm-up.ts') })
  expect(warm.bytes).toBeGreaterThan(cold.bytes)
})

describe('is refused as BUNDLE_FAILED, and stays as it is', () => {
  const cases: readonly [string, string, string, RegExp][] = [
    ['an ES module', 'index.mjs', 'export const handler = async () => 1', /index\.mjs is not CommonJS/],
    ['CommonJS under the name of an ES module', 'index.mjs', HANDLER, /index\.mjs is not CommonJS; only that/],
    ['a hashbang in its midst', 'index.js', `${HANDLER}\n#!/bin/sh`, /index\.js is not CommonJS \(.+\)/],
    [
      'an ES module under another name',
      'index.js',
      'export const handler = async () => 1',
      /index\.js is not CommonJS.*format: 'cjs'/,
    ],
  ]
  test.each(cases)('%s', async (_, name, text, message) => {
    const folder = project({ [name]: text })
    await expect(addCodeCache({ file: join(folder, name) })).rejects.toMatchObject({
      code: 'BUNDLE_FAILED',
      message: expect.stringMatching(message),
    })
    expect(readdirSync(folder)).toEqual([name])
  })

  test('a handler next to a file that its bundle would overwrite', async () => {
    const folder = project({
      'index.js': "exports.handler = require('./index.bundle.js').x",
      'index.bundle.js': 'exports.x = async () => 1',
    })
    await expect(addCodeCache({ file: join(folder, 'index.js') })).rejects.toMatchObject({
      code: 'BUNDLE_FAILED',
      message: expect.stringMatching(
        /index\.bundle\.js exists, and would be overwritten by index\.js; remove or rename it/,
      ),
    })
    expect(readFileSync(join(folder, 'index.bundle.js'), 'utf8')).toBe('exports.x = async () => 1')
  })

  test('with the fault as its cause', async () => {
    const folder = project({ 'index.js': 'export {}' })
    const file = join(folder, 'index.js')
    await expect(addCodeCache({ file })).rejects.toMatchObject({ cause: { name: 'SyntaxError' } })
    await expect(addCodeCache({ file: folder })).rejects.toMatchObject({ cause: { code: 'EISDIR' } })
  })

  test('a file that is not there', async () => {
    await expect(addCodeCache({ file: '/no/such/index.js' })).rejects.toMatchObject({
      code: 'BUNDLE_FAILED',
      message: expect.stringMatching(/cannot be read/),
    })
  })
})
