import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type RawField,
  rawInt,
  rawList,
  rawStruct,
  rawStructs,
} from '../../../../../src/codecs/parquet/read/footer/raw-thrift.ts'
import { checkThriftStruct, TRUNCATED } from '../../../../../src/codecs/parquet/read/footer/thrift-guard.ts'
import { law } from '../../../../support/law.ts'

/** A value of the compact protocol: its type, and its bytes as a field and as an item of a list. */
interface Value {
  readonly type: number
  readonly bytes: readonly number[]
  readonly fields?: readonly Field[]
}

interface Field {
  readonly id: number
  readonly value: Value
}

function varint(value: bigint): number[] {
  const out: number[] = []
  for (; value >= 128n; value >>= 7n) out.push(Number(value & 127n) | 128)
  return [...out, Number(value)]
}

const zigzag = (value: bigint): number[] => varint(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)))
const leaf = (type: number, bytes: readonly number[]): Value => ({ type, bytes })

const integer = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -70n, max: 70n }))
const plain = fc.oneof(
  fc.constantFrom(1, 2).map((type) => leaf(type, [])),
  fc.nat(255).map((byte) => leaf(3, [byte])),
  fc.tuple(fc.constantFrom(4, 5, 6), integer).map(([type, value]) => leaf(type, zigzag(value))),
  fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => leaf(7, [...bytes])),
  fc
    .oneof(fc.nat(5), fc.constantFrom(127, 128, 200))
    .map((length) => leaf(8, [...varint(BigInt(length)), ...new Array<number>(length).fill(0x19)])),
)

/** Fields in any order, by a step of 1 to 15 or by their whole number. */
function structOf(values: readonly (readonly [number, Value])[]): Value {
  const bytes: number[] = []
  const fields: Field[] = []
  let last = 0
  for (const [step, value] of values) {
    const id = last + step
    if (step > 0 && step < 16) bytes.push((step << 4) | value.type)
    else bytes.push(value.type, ...zigzag(BigInt(id)))
    bytes.push(...value.bytes)
    fields.push({ id, value })
    last = id
  }
  return { type: 12, bytes: [...bytes, 0], fields }
}

/** Items of one type; a boolean takes a byte. */
function listOf(item: Value, count: number): Value {
  const isBoolean = item.type === 1 || item.type === 2
  const bytes = isBoolean ? [item.type] : item.bytes
  const head = count < 15 ? [(count << 4) | item.type] : [0xf0 | item.type, ...varint(BigInt(count))]
  return { type: 9, bytes: [...head, ...Array.from({ length: count }, () => bytes).flat()] }
}

const step = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(15, 16))
/** Structs and lists of values; only plain values come in long lists. */
const around = (value: fc.Arbitrary<Value>) =>
  fc.oneof(
    plain,
    fc.array(fc.tuple(step, value), { maxLength: 4 }).map(structOf),
    fc.tuple(value, fc.nat(3)).map(([item, count]) => listOf(item, count)),
    fc.tuple(plain, fc.constantFrom(14, 15, 16)).map(([item, count]) => listOf(item, count)),
  )
const anyValue = around(around(around(plain)))
const struct = fc
  .array(fc.tuple(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 3000 })), anyValue), {
    maxLength: 6,
  })
  .map(structOf)

law(
  'parquet metadata: the guard finds the end of any struct of the compact protocol, and that it is cut off anywhere before',
  fc.property(struct, fc.nat(9), fc.uint8Array({ maxLength: 9 }), ({ bytes }, before, after) => {
    const all = Uint8Array.of(...new Array<number>(before).fill(0x4c), ...bytes, ...after)
    const end = before + bytes.length
    expect(checkThriftStruct(all, before, all.length)).toBe(end)
    expect(checkThriftStruct(all, before, end)).toBe(end)
    for (let cut = before; cut < end; cut += 1 + (bytes.length >> 6)) {
      expect(checkThriftStruct(all, before, cut)).toBe(TRUNCATED)
    }
    expect(checkThriftStruct(all, before, end - 1)).toBe(TRUNCATED)
  }),
  { runs: 300 },
)

law(
  'parquet metadata: a struct is split into its fields, and its lists into their items, byte by byte',
  fc.property(struct, ({ bytes, fields = [] }) => {
    const read = rawStruct(Uint8Array.from(bytes))
    expect([...read.keys()]).toEqual(fields.map(({ id }) => id))
    for (const { id, value } of fields) {
      const field = read.get(id) as RawField
      expect([field.id, field.type, ...field.value]).toEqual([id, value.type, ...value.bytes])
      const items = rawList(field)?.items ?? []
      if (value.type !== 9) expect(rawList(field)).toBeUndefined()
      else {
        const head = value.bytes.length - items.reduce((sum, item) => sum + item.length, 0)
        expect([...value.bytes.slice(0, head), ...items.flatMap((item) => [...item])]).toEqual(value.bytes)
        expect(new Set(items.map(String)).size).toBeLessThanOrEqual(1)
      }
      if (value.type === 12) expect([...rawStruct(field.value).keys()]).toEqual(value.fields?.map((inner) => inner.id))
    }
  }),
  { runs: 300 },
)

law(
  'parquet metadata: integers of any width are read, other types are not',
  fc.property(integer, fc.constantFrom(3, 4, 5, 6, 7, 8), (value, type) => {
    const field = { id: 1, type, value: Uint8Array.from(zigzag(value)) }
    expect(rawInt(field)).toBe(type >= 4 && type <= 6 ? Number(value) : undefined)
    expect(rawInt(undefined)).toBeUndefined()
  }),
)

describe('bytes that are no struct', () => {
  const check = (...bytes: number[]) => checkThriftStruct(Uint8Array.from(bytes), 0, bytes.length)
  const refused = (message: string) => expect.objectContaining({ code: 'PARQUET_INVALID', message })
  const nested = (depth: number, header: number, end: number) => [
    ...new Array<number>(depth).fill(header),
    ...new Array<number>(depth).fill(end),
  ]

  test('structs may nest 16 deep', () => {
    expect(check(...nested(16, 0x1c, 0), 0)).toBe(33)
    expect(() => check(...nested(17, 0x1c, 0), 0)).toThrow(refused('the metadata is nested too deeply'))
  })

  test('lists count as deep as structs', () => {
    const lists = (depth: number) => [0x19, ...new Array<number>(depth - 1).fill(0x19), 0x1c, 0, 0]
    expect(check(...lists(15))).toBe(18)
    expect(() => check(...lists(16))).toThrow(refused('the metadata is nested too deeply'))
  })

  test('numbers have at most ten bytes', () => {
    const number = (bytes: number) => [0x16, ...new Array<number>(bytes - 1).fill(0x80), 1, 0]
    expect(check(...number(10))).toBe(12)
    expect(check(0x16, ...new Array<number>(10).fill(0x80))).toBe(TRUNCATED)
    expect(() => check(...number(11))).toThrow(refused('the metadata has a number of more than 64 bits'))
  })

  test.each([0x18, 0x19])('lengths have at most 31 bits: %i', (header) => {
    const of = (length: bigint) => check(header, ...(header === 0x19 ? [0xf3] : []), ...varint(length), 1, 2, 3)
    const message = refused('the metadata has a length of more than 31 bits')
    expect(of(2n ** 31n - 1n)).toBe(TRUNCATED)
    expect(() => of(2n ** 31n)).toThrow(message)
    expect(() => of(2n ** 34n)).toThrow(message)
    expect(() => of(2n ** 35n)).toThrow(message)
    expect(check(header, ...(header === 0x19 ? [0xf3] : []), 0x80, 0x80)).toBe(TRUNCATED)
  })

  test.each([0, 10, 11, 13, 14, 15])('type %i is unknown', (type) => {
    const message = refused('the metadata has a field of unknown type')
    if (type > 0) expect(() => check(0x10 | type, 0, 0)).toThrow(message)
    expect(() => check(0x19, 0x10 | type, 0, 0)).toThrow(message)
  })

  test('a list that has fewer bytes than items is cut off, before its items are read', () => {
    expect(check(0x19, 0x3f, 0, 0)).toBe(TRUNCATED)
    expect(check(0x19, 0x31, 1, 1, 2)).toBe(TRUNCATED)
    expect(check(0x19, 0x31, 1, 1, 2, 0)).toBe(6)
    expect(check(0x19)).toBe(TRUNCATED)
    expect(check(0x19, 0x03, 0)).toBe(3)
  })

  test('a struct with a field twice, or of another length', () => {
    expect(() => rawStruct(Uint8Array.of(0x15, 2, 0x05, 2, 2, 0))).toThrow(
      refused('the metadata has field 1 of a struct twice'),
    )
    for (const bytes of [[0x15, 2], [0x15, 2, 0, 0], []]) {
      expect(() => rawStruct(Uint8Array.from(bytes))).toThrow(refused('a struct of the metadata has the wrong length'))
    }
  })
})

describe('lists of structs', () => {
  const list = (...value: number[]): RawField => ({ id: 1, type: 9, value: Uint8Array.from(value) })

  test('come as structs, an empty list of any type as none', () => {
    expect(rawStructs(list(0x2c, 0x15, 2, 0, 0))?.map((struct) => rawInt(struct.get(1)))).toEqual([1, undefined])
    expect(rawStructs(list(0x05))).toEqual([])
    expect(rawStructs(list(0x0c))).toEqual([])
  })

  test('of another type are none, and no list is none', () => {
    expect(rawStructs(list(0x15, 2))).toBeUndefined()
    expect(rawStructs({ ...list(0x2c, 0, 0), type: 12 })).toBeUndefined()
    expect(rawStructs(undefined)).toBeUndefined()
    expect(rawList(undefined)).toBeUndefined()
  })

  test('booleans take a byte each', () => {
    expect(rawList(list(0x31, 1, 2, 1))).toEqual({ type: 1, items: [1, 2, 1].map((byte) => Uint8Array.of(byte)) })
    expect(rawList(list(0x22, 1, 2))?.items).toEqual([1, 2].map((byte) => Uint8Array.of(byte)))
  })

  test('that are cut off are refused', () => {
    expect(() => rawList(list(0x25, 2))).toThrow('the metadata ends in the middle of a value')
  })
})
