import { describe, expect, test } from 'vitest'
import {
  isTrue,
  optionalBytes,
  optionalInt,
  optionalStruct,
  optionalStructs,
  optionalText,
  readThriftStruct,
  requiredInt,
  requiredSize,
  requiredStructs,
  type ThriftStruct,
} from '../../../../../src/codecs/parquet/read/footer/thrift-fields.ts'
import { thrift } from '../../support/parquet-file.ts'

type Read = (struct: ThriftStruct, field: number, name: string) => unknown

const BYTES = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)
/** Values of every type of Thrift, as the decoder makes them. */
const VALUES = {
  absent: undefined,
  yes: true,
  no: false,
  zero: 0,
  negative: -3,
  large: 2 ** 53,
  fraction: 0.5,
  long: 5n,
  'long negative': -5n,
  'too long': 2n ** 53n,
  bytes: BYTES,
  'no text': Uint8Array.of(0xff),
  struct: { field_1: 1 },
  list: [1],
  structs: [{ field_1: 1 }, {}],
  'struct and number': [{}, 1],
  empty: [],
  null: null,
} as const

type Name = keyof typeof VALUES
const MISSING = 'it is missing'

/** What each reader makes of the values it takes; all others are refused. */
const READERS: readonly [string, Read, Partial<Record<Name, unknown>>, string][] = [
  [
    'optionalInt',
    optionalInt,
    { absent: undefined, zero: 0, negative: -3, long: 5, 'long negative': -5 },
    'it is not an integer in range',
  ],
  [
    'requiredInt',
    requiredInt,
    { zero: 0, negative: -3, long: 5, 'long negative': -5 },
    'it is not an integer in range',
  ],
  ['requiredSize', requiredSize, { zero: 0, long: 5 }, 'it is not an integer in range'],
  [
    'optionalBytes',
    optionalBytes,
    { absent: undefined, bytes: BYTES, 'no text': Uint8Array.of(0xff) },
    'it is not a byte string',
  ],
  ['optionalText', optionalText, { absent: undefined, bytes: '\ufeffa' }, 'it is not a byte string'],
  ['optionalStruct', optionalStruct, { absent: undefined, struct: { field_1: 1 } }, 'it is not a struct'],
  [
    'optionalStructs',
    optionalStructs,
    { absent: undefined, structs: [{ field_1: 1 }, {}], empty: [] },
    'it is not a list of structs',
  ],
  ['requiredStructs', requiredStructs, { structs: [{ field_1: 1 }, {}], empty: [] }, 'it is not a list of structs'],
]

/** Values that are refused for another reason than their type. */
const OTHER_REASONS: Readonly<Record<string, Partial<Record<Name, string>>>> = {
  requiredInt: { absent: MISSING },
  requiredSize: { absent: MISSING, negative: 'it is negative', 'long negative': 'it is negative' },
  optionalText: { 'no text': 'it is not valid UTF-8' },
  requiredStructs: { absent: MISSING },
}

describe.each(READERS)('%s', (name, read, taken, rule) => {
  test.each(Object.keys(VALUES) as Name[])('%s', (kind) => {
    const call = () => read({ field_1: 'another', field_2: VALUES[kind] }, 2, 'it')
    if (Object.hasOwn(taken, kind)) expect(call()).toEqual(taken[kind])
    else {
      const message = OTHER_REASONS[name]?.[kind] ?? rule
      expect(call).toThrow(expect.objectContaining({ code: 'PARQUET_INVALID', message }))
    }
  })
})

test('a boolean is true only where it is', () => {
  for (const [name, value] of Object.entries(VALUES)) expect(isTrue({ field_1: value }, 1), name).toBe(name === 'yes')
})

test('a struct is decoded from any offset, up to its end; one that is cut off is not there', () => {
  const struct = thrift({ field_1: 7, field_3: { field_2: 9 } })
  const bytes = Uint8Array.of(1, 2, 3, ...struct, 4, 5)
  const read = readThriftStruct(bytes, 3, bytes.length)
  expect(read).toEqual({ struct: { field_1: 7, field_3: { field_2: 9 } }, end: 3 + struct.length })
  expect(readThriftStruct(bytes.subarray(1), 2, bytes.length - 1)?.struct).toEqual(read?.struct)
  for (let end = 3; end < 3 + struct.length; end++) expect(readThriftStruct(bytes, 3, end)).toBeUndefined()
})
