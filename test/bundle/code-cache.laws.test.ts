import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { addCodeCache } from '../../src/bundle/index.ts'
import { law } from '../support/law.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-bundle-laws-')))
const file = join(folder, 'index.js')
const cache = join(folder, 'index.cache')
const require = createRequire(file)
let whole = Buffer.alloc(0)

beforeAll(async () => {
  writeFileSync(file, 'const add = (a, b) => a + b\nexports.handler = (event) => add(event, 1)\n')
  await addCodeCache({ file })
  whole = readFileSync(cache)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Load the bootstrap as a new process does, and call its handler: the answer, and the lines that it logged. */
function start(bytes: Uint8Array): readonly [unknown, readonly string[]] {
  writeFileSync(cache, bytes)
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  try {
    delete require.cache[file]
    return [require(file).handler(41), warn.mock.calls.map(([line]) => String(line))]
  } finally {
    warn.mockRestore()
  }
}

/** A place in the bytes; in the last kilobyte, which says what the cache is for, as often as in all of them. */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const ONE_LINE = [expect.stringMatching(/^millrace\/bundle: index\.bundle\.js starts without its code cache: [^\n]+$/)]

law(
  'bundle: a cache with any bit flipped is ignored with one log line, and the handler behaves as without it',
  fc.property(place, fc.boolean(), fc.integer({ min: 0, max: 7 }), (share, isEnd, bit) => {
    const bytes = Buffer.from(whole)
    const at = isEnd
      ? bytes.length - 1 - Math.floor(share * Math.min(1000, bytes.length))
      : Math.floor(share * bytes.length)
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at)
    expect(start(bytes)).toEqual([42, ONE_LINE])
  }),
)

law(
  'bundle: a cache truncated anywhere, or with bytes after it, is ignored with one log line',
  fc.property(
    fc.oneof(
      place.map((share) => whole.subarray(0, Math.floor(share * whole.length))),
      fc.uint8Array({ minLength: 1, maxLength: 40 }).map((more) => Buffer.concat([whole, more])),
    ),
    (bytes) => {
      expect(start(bytes)).toEqual([42, ONE_LINE])
    },
  ),
)

law(
  'bundle: any bytes instead of a cache are ignored with one log line',
  fc.property(fc.uint8Array({ size: 'large' }), (bytes) => {
    expect(start(bytes)).toEqual([42, ONE_LINE])
  }),
)

law(
  'bundle: a valid cache is used silently, any number of times',
  fc.property(fc.constant(undefined), () => {
    expect(start(whole)).toEqual([42, []])
  }),
  { runs: 20 },
)
