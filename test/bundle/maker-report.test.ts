import { describe, expect, test } from 'vitest'
import { FATAL } from '../../src/bundle/bootstrap.ts'
import { cacheFiles } from '../../src/bundle/code-cache.ts'
import { exportsOf } from '../../src/bundle/exports-of.ts'
import type { CodeCache, Maker } from '../../src/bundle/maker.ts'
import { checkTarget, readReport, reasonIn } from '../../src/bundle/maker-report.ts'

const CURE = '; set what it needs in env'

describe('the reason of a failure', () => {
  test.each([
    ['nothing', '', ''],
    ['no error', 'warning: x\n    at y', ''],
    ['an error in the text of a line', 'no Error: x', ''],
    ['a word that begins as Error does', 'Errors: x', ''],
    ['the last error that nothing caught', 'Error: a\n    at x\nTypeError: b\n    at y', `TypeError: b${CURE}`],
    ['an error of Node, with its code', 'Error [ERR_REQUIRE_ESM]: c', `Error [ERR_REQUIRE_ESM]: c${CURE}`],
    ['an error behind blanks', '   RangeError: d  \n', `RangeError: d${CURE}`],
    ['a line of the maker', `TypeError: b\n${FATAL}RangeError: e\nTypeError: c`, `RangeError: e${CURE}`],
    ['the last line of the maker', `${FATAL}a\n${FATAL}b`, `b${CURE}`],
    ['a line of the maker that is quoted', `x ${FATAL}a`, ''],
    ['a fault of syntax, which no environment mends', 'SyntaxError: f', 'SyntaxError: f'],
    ['an end that no environment mends', `${FATAL}it ended its process`, 'it ended its process'],
    ['another error with those words', 'Error: SyntaxError', `Error: SyntaxError${CURE}`],
    ['another error that begins so', `${FATAL}SyntaxErrors`, `SyntaxErrors${CURE}`],
  ])('is found in %s', (_, stderr, reason) => {
    expect(reasonIn(stderr)).toBe(reason)
  })

  test('is cut', () => {
    expect(reasonIn(`Error: ${'x'.repeat(400)}`)).toBe(`Error: ${'x'.repeat(293)}${CURE}`)
  })
})

describe('the report of a maker', () => {
  const files = cacheFiles('/dist/job.cjs')
  const line = (handlers: readonly string[]): string =>
    JSON.stringify({
      millraceCodeCache: { handlers, bytes: 7, identity: { node: 'v24.1.0', platform: 'linux', arch: 'x64' } },
    })

  test('is the last line of its kind, whatever the handler prints', () => {
    const stdout = `{"a":1}\n${line(['old'])}\nx ${line(['quoted'])}\n${line(['handler'])}\nbye`
    expect(readReport('bundleHandler', files, stdout)).toEqual({
      handlers: ['handler'],
      bytes: 7,
      node: 'v24.1.0',
      platform: 'linux',
      architecture: 'x64',
    })
  })

  test.each([
    ['', /^bundleHandler: job\.bundle\.cjs left nothing of its cache to read/],
    [line([]), /^bundleHandler: job\.bundle\.cjs exports no function; export the handler$/],
  ])('%j is BUNDLE_FAILED', (stdout, message) => {
    expect(() => readReport('bundleHandler', files, stdout)).toThrow(
      expect.objectContaining({ code: 'BUNDLE_FAILED', message: expect.stringMatching(message) }),
    )
  })
})

describe('the target of a cache', () => {
  const MADE: CodeCache = { handlers: [], bytes: 0, node: 'v24.1.0', platform: 'linux', architecture: 'x64' }
  const check = (made: Partial<CodeCache>, target: Partial<Maker>): void =>
    checkTarget('addCodeCache', { ...MADE, ...made }, target as Maker)

  test.each<readonly [Partial<CodeCache>, Partial<Maker>]>([
    [{}, {}],
    [{ platform: 'darwin' }, {}],
    [{}, { runtime: 'nodejs24.x' }],
    [{}, { architecture: 'x86_64' }],
    [{ architecture: 'arm64' }, { architecture: 'arm64' }],
    [{ architecture: 'arm64' }, { runtime: 'nodejs24.x' }],
    [{ node: 'v22.0.0' }, { architecture: 'x86_64' }],
    [{}, { runtime: 'nodejs24.x', architecture: 'x86_64' }],
  ])('a cache of %j fits %j', (made, target) => {
    expect(() => check(made, target)).not.toThrow()
  })

  test.each<readonly [Partial<CodeCache>, Partial<Maker>, string]>([
    [{ node: 'v22.1.0' }, { runtime: 'nodejs24.x' }, 'nodejs24.x linux'],
    [{ node: 'v240.1.0' }, { runtime: 'nodejs24.x' }, 'nodejs24.x linux'],
    [{ node: 'v2.1.0' }, { runtime: 'nodejs24.x' }, 'nodejs24.x linux'],
    [{ node: 'v22.24.0' }, { runtime: 'nodejs24.x' }, 'nodejs24.x linux'],
    [{}, { architecture: 'arm64' }, 'linux arm64'],
    [{ architecture: 'arm64' }, { architecture: 'x86_64' }, 'linux x86_64'],
    [{ platform: 'darwin' }, { runtime: 'nodejs24.x' }, 'nodejs24.x linux'],
    [{ platform: 'win32' }, { architecture: 'x86_64' }, 'linux x86_64'],
    [{ architecture: 'arm64' }, { runtime: 'nodejs24.x', architecture: 'x86_64' }, 'nodejs24.x linux x86_64'],
    [{ node: 'v22.1.0' }, { runtime: 'nodejs24.x', architecture: 'x86_64' }, 'nodejs24.x linux x86_64'],
  ])('a cache of %j does not fit %j', (made, target, name) => {
    const { node, platform, architecture } = { ...MADE, ...made }
    const message = `addCodeCache: the cache would be of Node ${node} ${platform} ${architecture}, and the function runs ${name}; run it there`
    expect(() => check(made, target)).toThrow(
      expect.objectContaining({ code: 'BUNDLE_FAILED', message: expect.stringContaining(message) }),
    )
  })
})

describe('the names in the note of esbuild', () => {
  test.each([
    ['as esbuild writes it', 'x\n0 && (module.exports = {\n  a,\n  b\n});\n', ['a', 'b']],
    ['minified', ';0&&(module.exports={a,b});', ['a', 'b']],
    ['with blanks everywhere', '0  &&  (  module.exports  =  {  a  }  )', ['a']],
    ['with keywords, which are left out', '0 && (module.exports = { a, delete: null, "x-y": null, c })', ['a', 'c']],
    ['behind another digit', '10 && (module.exports = { a })', ['']],
    ['not there', 'module.exports = { a }', ['']],
  ])('%s', (_, bundle, names) => {
    expect(exportsOf(bundle)).toEqual(names)
  })

  test('are looked for at the end alone', () => {
    const note = '0 && (module.exports = { a })'
    expect(exportsOf(note + 'x'.repeat(100_000 - note.length))).toEqual(['a'])
    expect(exportsOf(note + 'x'.repeat(100_000))).toEqual([''])
  })
})
