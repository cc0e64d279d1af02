import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import { parseExactJson } from '../../src/events/exact-json.ts'
import { readExactJson } from '../../src/events/exact-json-reader.ts'
import { ROOT } from '../../src/events/place.ts'
import { law } from '../support/law.ts'

const LIMITS = { maxDepth: 64 }

/** A JSON text and the value that it stands for, written with spaces, escapes, duplicate keys and numbers of any length. */
interface Written {
  readonly text: string
  readonly value: unknown
}

const space = fc.constantFrom('', '', ' ', '\n', '\t ', '\r\n')

const number: fc.Arbitrary<Written> = fc.oneof(
  fc.integer().map((value) => ({ text: String(value), value })),
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map((value) => {
    const asNumber = Number(value)
    return { text: String(value), value: Number.isSafeInteger(asNumber) ? asNumber : value }
  }),
  fc
    .tuple(fc.integer(), fc.nat(999), fc.constantFrom('', 'e3', 'E+12', 'e-7'))
    .map(([whole, part, exponent]) => `${whole}.${part}${exponent}`)
    .map((text) => ({ text, value: Number(text) })),
)

/** Text in quotes, each letter as it is or escaped. */
const string = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom('\\', '"', '\n', 'a', '/', '\ud800', 'é', '😀'), fc.string({ maxLength: 3 })),
      fc.boolean(),
    ),
    {
      maxLength: 4,
    },
  )
  .map((parts) => ({
    text: `"${parts.map(([part, isEscaped]) => (isEscaped ? escapeAll(part) : JSON.stringify(part).slice(1, -1))).join('')}"`,
    value: parts.map(([part]) => part).join(''),
  }))

function escapeAll(text: string): string {
  return Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
    '',
  )
}

/** Keys that repeat, shadow or look alike. */
const key = fc
  .constantFrom('__proto__', 'a', 'constructor', '\\', '\n', 'x\\y', 'x\ny', '0', 'toString')
  .map((value) => ({ text: JSON.stringify(value), value }))

const { written } = fc.letrec<{ written: Written }>((tie) => ({
  written: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    number,
    string,
    fc.constantFrom<Written>(
      { text: 'null', value: null },
      { text: 'true', value: true },
      { text: 'false', value: false },
    ),
    fc.tuple(fc.array(tie('written'), { maxLength: 4 }), space).map(([items, gap]) => ({
      text: `[${gap}${items.map(({ text }) => text).join(`${gap},${gap}`)}${gap}]`,
      value: items.map(({ value }) => value),
    })),
    fc
      .tuple(fc.array(fc.tuple(fc.oneof(string, key), tie('written')), { maxLength: 5 }), space)
      .map(([fields, gap]) => ({
        text: `{${gap}${fields.map(([name, { text }]) => `${name.text}${gap}:${gap}${text}`).join(`${gap},${gap}`)}${gap}}`,
        value: objectOf(fields.map(([name, { value }]) => [name.value, value])),
      })),
  ),
}))

function objectOf(fields: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  for (const [name, value] of fields) {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
  }
  return object
}

law(
  'parseExactJson: returns the value of a text, with exact integers of any length',
  fc.property(written, ({ text, value }) => {
    expect(isDeepStrictEqual(parseExactJson(text, ROOT, LIMITS), value)).toBe(true)
    expect(Object.prototype).not.toHaveProperty('a')
  }),
  { runs: 2000 },
)

law(
  'parseExactJson: the exact path and the fast path return the same',
  fc.property(written, ({ text }) => {
    const value = parseExactJson(text, ROOT, LIMITS)
    expect(isDeepStrictEqual(readExactJson(text, ROOT, LIMITS), value)).toBe(true)
  }),
  { runs: 500 },
)

law(
  'parseExactJson: accepts exactly the texts that JSON.parse accepts, and its errors do not quote the text',
  fc.property(
    fc.oneof(
      fc.string(),
      fc
        .tuple(written, fc.nat(), fc.constantFrom('', ',', '}', '"', '\\', '1e999', '\u0000'))
        .map(([{ text }, at, by]) => {
          const cut = at % (text.length + 1)
          return text.slice(0, cut) + by + text.slice(cut + 1)
        }),
    ),
    (text) => {
      let isJson = true
      try {
        JSON.parse(text)
      } catch {
        isJson = false
      }
      try {
        parseExactJson(text, ROOT, LIMITS)
        expect(isJson).toBe(true)
      } catch (error) {
        if (!isMillraceError(error, 'PAYLOAD_INVALID')) throw error
        if (isJson) expect(error.message).toContain('range of a double')
        else expect(error.message).toMatch(/^payload is (not JSON|empty)/)
      }
    },
  ),
  { runs: 2000 },
)
