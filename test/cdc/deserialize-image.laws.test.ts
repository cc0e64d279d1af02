import { marshall, NumberValueImpl, unmarshall } from '@aws-sdk/util-dynamodb'
import fc from 'fast-check'
import { expect } from 'vitest'
import { deserializeImage, deserializeValue, serializeImage, serializeValue } from '../../src/cdc/index.ts'
import { canonicalNumber } from '../../src/cdc/number-text.ts'
import { isMillraceError } from '../../src/errors.ts'
import { arbitraryNumberText } from '../../src/testing/arbitrary-image.ts'
import { arbitraryImage } from '../../src/testing/index.ts'
import { law } from '../support/law.ts'
import { allAttributes, hasProtoName } from './support/image-pairs.ts'

const runs = 1000

/** Numbers that a double holds and the SDK does not refuse. */
const double = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value))
  .filter((value) => value === 0 || Math.abs(value) >= 1e-130)
const exactNumber = fc.oneof(fc.integer(), fc.maxSafeInteger(), double).map((value) => value + 0)
const wideInteger = fc.oneof(
  fc.bigInt({ min: 2n ** 53n, max: 10n ** 38n - 1n }),
  fc.bigInt({ min: -(10n ** 38n) + 1n, max: -(2n ** 53n) }),
)

/** What `marshall` takes and keeps. */
const { item: sdkItem } = fc.letrec<{ value: unknown; item: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.string(),
    exactNumber,
    wideInteger,
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ minLength: 1 }),
    fc.uniqueArray(fc.string(), { minLength: 1 }).map((members) => new Set(members)),
    // `marshall` refuses wide integers in a set that begins with a number.
    fc.uniqueArray(exactNumber, { minLength: 1 }).map((members) => new Set(members)),
    fc.uniqueArray(wideInteger, { minLength: 1 }).map((members) => new Set(members)),
    fc
      .uniqueArray(fc.uint8Array({ minLength: 1, maxLength: 3 }), { minLength: 1, selector: String })
      .map((members) => new Set(members)),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('item'),
  ),
  item: fc.dictionary(
    fc.string().filter((name) => name !== '__proto__'),
    tie('value'),
    { maxKeys: 5, noNullPrototype: true },
  ),
}))

/** Numbers that `unmarshall` neither rounds nor refuses. */
const sdkNumber = fc.oneof(
  exactNumber.map(String),
  wideInteger.map(String),
  fc.constantFrom('1.0', '1E0', '19.90', '0.0'),
)

law(
  "deserializeImage: inverts the SDK's marshall",
  fc.property(sdkItem, (item) => {
    expect(deserializeImage(marshall(item))).toEqual(item)
  }),
  { runs },
)

law(
  "serializeImage: equals the SDK's marshall",
  fc.property(sdkItem, (item) => {
    expect(serializeImage(item)).toEqual(marshall(item))
  }),
  { runs },
)

law(
  "deserializeImage: agrees with the SDK's unmarshall unless that throws, rounds or leaves base64",
  fc.property(arbitraryImage({ numbers: sdkNumber, binary: 'bytes' }), (image) => {
    fc.pre(!hasProtoName(image))
    expect(deserializeImage(image)).toEqual(unmarshall(image as never))
  }),
  { runs },
)

law(
  'deserializeImage, serializeImage: round-trip images, with numbers of any length',
  fc.property(arbitraryImage({ binary: 'bytes' }), (image) => {
    expect(serializeImage(deserializeImage(image, { numbers: NumberValueImpl.from }))).toEqual(image)
  }),
  { runs },
)

law(
  "deserializeImage: numbers 'auto' keep the canonical decimal",
  fc.property(arbitraryNumberText(), (text) => {
    const value = deserializeValue({ N: text })
    expect(canonicalNumber(String(value))).toBe(canonicalNumber(text))
    if (typeof value === 'number') expect(!Number.isInteger(value) || Number.isSafeInteger(value)).toBe(true)
    else expect(Number.isSafeInteger(Number(value)) && typeof value === 'bigint').toBe(false)
  }),
  { runs: 5000 },
)

law(
  "deserializeImage: numbers 'auto' never round decimals of 16 and 17 digits, and are numbers if these are a double's shortest text",
  fc.property(fc.bigInt({ min: 10n ** 15n, max: 10n ** 17n - 1n }), fc.nat(17), (digits, places) => {
    const padded = String(digits).padStart(places + 1, '0')
    const text = `${padded.slice(0, padded.length - places)}.${padded.slice(padded.length - places)}1`
    const shortest = canonicalNumber(String(Number(text))) === canonicalNumber(text)
    const value = deserializeValue({ N: text })
    expect(value).toBe(shortest ? Number(text) : text)
  }),
  { runs: 5000 },
)

law(
  'serializeValue: a number is written exactly if DynamoDB accepts it, and rejected otherwise',
  fc.property(
    fc.oneof(
      fc
        .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat(100))
        .map(([n, power]) => n * 10n ** BigInt(power)),
      fc.double({ noNaN: true }),
      fc.integer({ min: -140, max: -120 }).map((power) => Number(`1e${power}`)),
    ),
    (value) => {
      const digits = String(value)
        .replace(/e.*|[-.]/g, '')
        .replace(/^0+|0+$/g, '').length
      const isLost = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
      const magnitude = Math.abs(Number(value))
      const fits = magnitude === 0 || (magnitude >= 1e-130 && magnitude < 1e126 && digits <= 38 && !isLost)
      for (const write of [() => serializeValue(value), () => serializeValue(new Set([value]))]) {
        if (fits) expect(JSON.stringify(write())).toContain(`"${value === 0 ? 0 : value}"`)
        else expect(write).toThrow(expect.objectContaining({ code: 'ATTRIBUTE_INVALID' }))
      }
    },
  ),
  { runs },
)

law(
  "deserializeImage: numbers 'auto' are numbers whenever the SDK is exact",
  fc.property(sdkNumber, (text) => {
    expect(deserializeValue({ N: text })).toBe(unmarshall({ a: { N: text } })['a'])
  }),
  { runs },
)

law(
  "deserializeImage: numbers 'string' keeps valid numbers unchanged and rejects anything else",
  fc.property(
    fc.oneof(arbitraryNumberText(), fc.string(), fc.stringMatching(/^[-+]?\d*\.?\d*([eE][-+]?\d*)?$/)),
    (text) => {
      const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)
      for (const numbers of ['auto', 'string'] as const) {
        try {
          const value = deserializeValue({ N: text }, { numbers })
          expect(isNumber).toBe(true)
          if (numbers === 'string') expect(value).toBe(text)
        } catch (error) {
          if (!isMillraceError(error, 'ATTRIBUTE_INVALID')) throw error
          expect(isNumber).toBe(false)
        }
      }
    },
  ),
  { runs: 3000 },
)

law(
  'deserializeImage: base64 and bytes decode to the same bytes',
  fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    const text = Buffer.from(bytes).toString('base64')
    expect(deserializeValue({ B: text })).toStrictEqual(bytes)
    expect(deserializeValue({ B: bytes }, { binary: 'base64' })).toBe(text)
    expect(serializeValue(bytes, { binary: 'base64' })).toEqual({ B: text })
  }),
  { runs },
)

law(
  'deserializeImage: accepts base64 if and only if it re-encodes to the same text',
  fc.property(fc.oneof(fc.base64String(), fc.string(), fc.stringMatching(/^[A-Za-z0-9+/=_-]*$/)), (text) => {
    const isBase64 = Buffer.from(text, 'base64').toString('base64') === text
    let isTaken = true
    try {
      expect(deserializeValue({ B: text }, { binary: 'base64' })).toBe(text)
    } catch (error) {
      if (!isMillraceError(error, 'ATTRIBUTE_INVALID')) throw error
      isTaken = false
    }
    expect(isTaken).toBe(isBase64)
  }),
  { runs: 3000 },
)

law(
  'deserializeImage: every name of every map is an own property, and prototypes are not modified',
  fc.property(arbitraryImage(), (image) => {
    const names = Reflect.ownKeys(Object.prototype)
    const item = deserializeImage(image)
    expect(Object.keys(item)).toEqual(Object.keys(image))
    for (const [name, { M }] of Object.entries(image)) {
      if (M === undefined) continue
      const map = Object.getOwnPropertyDescriptor(item, name)?.value
      expect(Object.keys(map)).toEqual(Object.keys(M))
      expect(Object.getPrototypeOf(map)).toBe(Object.prototype)
    }
    expect(Object.getPrototypeOf(item)).toBe(Object.prototype)
    expect(Reflect.ownKeys(Object.prototype)).toEqual(names)
  }),
  { runs },
)

law(
  'deserializeImage: the image is not modified',
  fc.property(arbitraryImage({ binary: 'bytes' }), (image) => {
    const copy = structuredClone(allAttributes(image))
    deserializeImage(image)
    expect(allAttributes(image)).toEqual(copy)
  }),
  { runs },
)

law(
  'deserializeImage: any JSON returns an item or throws a typed error without the data',
  fc.property(fc.oneof(fc.jsonValue(), jsonLikeImage()), (value) => {
    try {
      deserializeImage(value as never)
    } catch (error) {
      expect(isMillraceError(error, 'ATTRIBUTE_INVALID')).toBe(true)
      expect(String(error)).not.toContain('secret')
    }
  }),
  { runs: 3000 },
)

/** Nearly images: right tags with wrong values, wrong tags with right ones. */
function jsonLikeImage(): fc.Arbitrary<unknown> {
  const tag = fc.constantFrom('S', 'N', 'B', 'BOOL', 'NULL', 'L', 'M', 'SS', 'NS', 'BS', 'X', '')
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>('secret', '1', 5, true, false, null),
      fc.dictionary(tag, tie('value'), { maxKeys: 2 }),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  }))
  return fc.dictionary(fc.constantFrom('a', 'b'), fc.dictionary(tag, value, { minKeys: 1, maxKeys: 1 }))
}
