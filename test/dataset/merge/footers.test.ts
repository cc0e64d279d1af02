import { describe, expect, test } from 'vitest'
import {
  type RawField,
  type RawStruct,
  rawInt,
  rawList,
  rawStruct,
  rawStructs,
} from '../../../src/codecs/parquet/read/footer/raw-thrift.ts'
import {
  appendStruct,
  integerField,
  listField,
  type WrittenField,
} from '../../../src/codecs/parquet/write/append-thrift.ts'
import { byteSink } from '../../../src/codecs/parquet/write/byte-sink.ts'
import { agree, agreementOf } from '../../../src/dataset/merge/agreement.ts'
import { checkKnown } from '../../../src/dataset/merge/fields.ts'
import { mergedTail } from '../../../src/dataset/merge/footer.ts'
import { bloomOf, checkOffsets, indexesOf, indexPageOf, pagesOf, rawGroups } from '../../../src/dataset/merge/groups.ts'
import { movedIndexes } from '../../../src/dataset/merge/page-index.ts'
import { checkSameSchema } from '../../../src/dataset/merge/schema.ts'
import type { MergeSource, OpenedSource } from '../../../src/dataset/merge/source.ts'
import { movedStatistics } from '../../../src/dataset/merge/statistics.ts'
import { surveyOf } from '../../../src/dataset/merge/survey.ts'

function bytesOf(fields: readonly WrittenField[]): Uint8Array {
  const sink = byteSink()
  appendStruct(sink, fields)
  return sink.bytes.slice(0, sink.length)
}
const structOf = (fields: readonly WrittenField[]): RawStruct => rawStruct(bytesOf(fields))
const struct = (id: number, fields: readonly WrittenField[]): WrittenField => ({ id, type: 12, value: bytesOf(fields) })
const int = (id: number, value: number): WrittenField => integerField(id, 6, value)
const list = (id: number, items: readonly (readonly WrittenField[])[]): WrittenField =>
  listField(
    id,
    12,
    items.map((fields) => (sink) => appendStruct(sink, fields)),
  )
const text = (id: number, value: string): WrittenField => {
  const bytes = Buffer.from(value, 'latin1')
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7]
  return { id, type: 8, value: Uint8Array.from([...length, ...bytes]) }
}
const fieldOf = (fields: readonly WrittenField[], id: number): RawField => structOf(fields).get(id) as RawField
const chunk = (metadata: readonly WrittenField[], fields: readonly WrittenField[] = []) => ({
  struct: structOf(fields),
  metadata: structOf(metadata),
})

describe('fields of a footer', () => {
  test.each([
    ['the file', 7],
    ['a row group', 7],
    ['a column chunk', 7],
    ["a column chunk's metadata", 17],
  ] as const)('%s is known up to field %i', (what, most) => {
    const check = (id: number) => () => checkKnown(what, structOf([int(id, 1)]))
    for (const id of [1, 2, most]) expect(check(id)).not.toThrow()
    const unknown = expect.objectContaining({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringMatching(/has the unknown field/),
    })
    for (const id of [most + 3, 300, 0]) expect(check(id)).toThrow(unknown)
  })

  test.each([
    ['the file', 8],
    ['the file', 9],
    ['a column chunk', 8],
    ['a column chunk', 9],
  ] as const)('%s with field %i is encrypted', (what, id) => {
    expect(() => checkKnown(what, structOf([int(id, 1)]))).toThrow(/encrypted/)
  })
})

describe('row groups', () => {
  test('without rows are left out', () => {
    const groups = [[int(3, 2), list(1, [[struct(3, [int(9, 7)])]])], [int(3, 0)], [], [int(3, 5)]]
    const found = [...rawGroups(fieldOf([list(4, groups)], 4))]
    expect(found.map(({ rows, chunks }) => [rows, chunks.length])).toEqual([
      [2, 1],
      [5, 0],
    ])
    expect([...rawGroups({ id: 4, type: 9, value: Uint8Array.of(0x0c) })]).toEqual([])
    expect([...rawGroups({ id: 4, type: 5, value: Uint8Array.of(2) })]).toEqual([])
  })

  test('pages begin at the dictionary where it lies before them', () => {
    expect(pagesOf(chunk([int(9, 100), int(7, 50)]))).toEqual({ start: 100, end: 150 })
    expect(pagesOf(chunk([int(9, 100), int(7, 50), int(11, 60)]))).toEqual({ start: 60, end: 110 })
    for (const dictionary of [0, 100, 101]) {
      expect(pagesOf(chunk([int(9, 100), int(7, 50), int(11, dictionary)])).start).toBe(100)
    }
    expect(pagesOf(chunk([]))).toEqual({ start: 0, end: 0 })
  })

  test('indexes have a place and a length', () => {
    const fields = [int(4, 10), int(5, 3), int(6, 20), int(7, 4)]
    expect(indexesOf(chunk([], fields))).toEqual({ offset: { start: 10, end: 13 }, column: { start: 20, end: 24 } })
    for (const missing of [4, 5, 6, 7]) {
      const found = indexesOf(
        chunk(
          [],
          fields.filter(({ id }) => id !== missing),
        ),
      )
      expect(found[missing < 6 ? 'offset' : 'column']).toBe(undefined)
    }
  })

  test('a bloom filter lies behind the magic and before the limit', () => {
    expect(bloomOf(chunk([int(14, 4), int(15, 6)]), 10)).toEqual({ start: 4, end: 10 })
    expect(bloomOf(chunk([int(14, 4)]), 10)).toEqual({ start: 4, end: 10 })
    expect(bloomOf(chunk([int(15, 6)]), 10)).toBe(undefined)
    expect(bloomOf(chunk([int(14, 3), int(15, 6)]), 10)).toBe(undefined)
    expect(bloomOf(chunk([int(14, 5), int(15, 6)]), 10)).toBe(undefined)
    expect(bloomOf(chunk([int(14, 5), int(15, 0)]), 10)).toBe(undefined)
  })

  test('offsets are those that the reader saw, and index pages lie in the data', () => {
    const seen = { path: 'a\0b', start: 100, end: 150 } as never
    const check =
      (...fields: WrittenField[]) =>
      () =>
        checkOffsets(chunk([int(9, 100), int(7, 50), ...fields]), 200, seen)
    expect(check()).not.toThrow()
    for (const at of [4, 199, 0, -1]) expect(check(int(10, at))).not.toThrow()
    const outside = expect.objectContaining({ code: 'PARQUET_INVALID', position: { column: 'a.b' } })
    for (const at of [1, 3, 200]) expect(check(int(10, at))).toThrow(outside)
    expect(() => checkOffsets(chunk([int(9, 100), int(7, 51)]), 200, seen)).toThrow(outside)
    expect(() => checkOffsets(chunk([int(9, 99), int(7, 51)]), 200, seen)).toThrow(outside)
    expect(indexPageOf(chunk([]))).toBe(undefined)
    expect(indexPageOf(chunk([int(10, 7)]))).toBe(7)
  })
})

describe('page indexes', () => {
  /** A source of one chunk, of bytes 100 to 150, whose indexes are these bytes. */
  function sourceOf(offset: Uint8Array, column?: Uint8Array): MergeSource {
    const file = Buffer.concat([offset, column ?? new Uint8Array(0)])
    const places = [int(4, 0), int(5, offset.length), ...(column ? [int(6, offset.length), int(7, column.length)] : [])]
    const groups = [[int(3, 1), list(1, [[struct(3, [int(9, 100), int(7, 50)]), ...places]])]]
    return {
      groups: fieldOf([list(4, groups)], 4),
      indexBytes: file.length,
      file: { size: file.length, read: async (start: number, end: number) => file.subarray(start, end) },
    } as unknown as MergeSource
  }
  const page = (at: number, size: number, ...more: WrittenField[]) => [int(1, at), int(2, size), int(3, 0), ...more]
  const index = (pages: readonly (readonly WrittenField[])[], ...more: WrittenField[]) =>
    bytesOf([list(1, pages), ...more])
  const moved = (bytes: Uint8Array, column?: Uint8Array, shift = 0) =>
    movedIndexes([sourceOf(bytes, column)], [shift], 1)

  test('move with their pages; column indexes stay as they are', async () => {
    const column = bytesOf([int(1, 5)])
    const given = index([page(100, 20), page(120, 30)], list(2, [[int(1, 7)]]))
    const [found] = (await moved(given, column, 1000)) ?? []
    const expected = index([page(1100, 20), page(1120, 30)], list(2, [[int(1, 7)]]))
    expect(rawStructs(rawStruct(found?.offset as Uint8Array).get(1))?.map((each) => each.get(1))).toEqual(
      rawStructs(rawStruct(expected).get(1))?.map((each) => each.get(1)),
    )
    expect(found?.offset).toEqual(expected)
    expect([...(found?.column ?? [])]).toEqual([...column])
    expect((await moved(given))?.[0]?.column).toBe(undefined)
  })

  test('of a page without bytes, and to both ends of the chunk, are sound', async () => {
    expect(await moved(index([page(100, 0), page(100, 50), page(150, 0)]))).toHaveLength(1)
  })

  test.each<[string, Uint8Array, Uint8Array?]>([
    ['a page before the chunk', index([page(99, 20)])],
    ['a page behind the chunk', index([page(120, 31)])],
    ['a page of less than nothing', index([page(120, -1)])],
    ['a page without a place', index([[int(2, 5)]])],
    ['a page without a size', index([[int(1, 100)]])],
    ['a page with another field', index([page(100, 20), page(120, 5, int(4, 1))])],
    ['a page with field 0', index([[...page(100, 20), int(0, 1)]])],
    ['another field', index([page(100, 20)], int(3, 1))],
    ['no list of pages', bytesOf([int(1, 5)])],
    ['no struct', Uint8Array.of(0x19)],
    ['no column index', index([page(100, 20)]), Uint8Array.of(0x19, 0x19)],
  ])('%s: all are left out', async (_, offset, column) => {
    expect(await moved(offset, column)).toBe(undefined)
    const sound = sourceOf(index([page(100, 20)]))
    expect(await movedIndexes([sound, sourceOf(offset, column)], [0, 0], 1)).toBe(undefined)
  })

  test('where a source has none, or all are more than is held, they are left out, unread', async () => {
    const sound = sourceOf(index([page(100, 20)]))
    const unread = { ...sound, file: { size: 1, read: () => Promise.reject(new Error('read')) } }
    const MOST = 64 * 1024 * 1024
    for (const bytes of [undefined, 0, MOST + 1]) {
      expect(await movedIndexes([{ ...unread, indexBytes: bytes } as MergeSource], [0], 1)).toBe(undefined)
    }
    expect(await movedIndexes([{ ...sound, indexBytes: MOST }], [0], 1)).toHaveLength(1)
  })

  test('a read that fails is thrown, whatever its error', async () => {
    const sound = sourceOf(index([page(100, 20)]))
    const broken = { ...sound, file: { size: 1000, read: () => Promise.reject(new Error('read')) } }
    await expect(movedIndexes([broken as never], [0], 1)).rejects.toThrow('read')
  })
})

describe('an agreement', () => {
  const element = [int(5, 1), text(4, 'root')]
  function opened(
    index: number,
    fields: readonly WrittenField[],
    keyValues: Readonly<Record<string, string>> = {},
  ): OpenedSource {
    const footer = structOf([list(2, [element]), ...fields])
    return {
      source: { index } as never,
      footer,
      metadata: {
        schema: [{ name: 'root', type: undefined, repetition: 'REQUIRED', typeLength: 0, childCount: 1 }],
        keyValues: new Map(Object.entries(keyValues)),
      } as never,
      leaves: [{}, {}] as never,
    }
  }
  const pair = (key: string, value: string): WrittenField[] => [text(1, key), text(2, value)]
  const keysOf = (...sources: readonly (readonly (readonly WrittenField[])[])[]) => {
    const [first = [], ...others] = sources.map((pairs, at) => opened(at, [list(5, pairs)]))
    const agreement = agreementOf(first as OpenedSource)
    for (const other of others) agree(agreement, other)
    return [...agreement.keyValues].map(([key, pairs]) => [
      key,
      ...pairs.map((bytes) => rawStruct(bytes).get(2)?.value.length),
    ])
  }
  const VERSION = 'org.apache.spark.version'

  test('keeps the key-values that all have alike', () => {
    expect(
      keysOf([pair('a', '1'), pair('b', '2'), pair('c', '3')], [pair('c', '3'), pair('a', '1'), pair('b', '9')]),
    ).toEqual([
      ['a', 2],
      ['c', 2],
    ])
    expect(keysOf([pair('a', '1'), pair('a', '22')], [pair('a', '1'), pair('a', '22')])).toEqual([['a', 2, 3]])
    expect(keysOf([pair('a', '1'), pair('a', '22')], [pair('a', '22'), pair('a', '1')])).toEqual([])
    expect(keysOf([pair('a', '1')], [pair('a', '1'), pair('a', '1')])).toEqual([])
    expect(keysOf([pair('a', '1')])).toEqual([['a', 2]])
    expect(keysOf([pair('x'.repeat(200), '1')])).toEqual([['x'.repeat(200), 2]])
    expect(keysOf([pair('x'.repeat(128), '1')])).toEqual([['x'.repeat(128), 2]])
    expect(keysOf([[int(1, 7), text(2, '1')]])).toEqual([['', 2]])
  })

  test('of versions of Spark keeps the lowest', () => {
    expect(keysOf([pair(VERSION, '3.10')], [pair(VERSION, '3.9')])).toEqual([[VERSION, 4]])
    expect(keysOf([pair(VERSION, '3.9')], [pair(VERSION, '3.10')])).toEqual([[VERSION, 4]])
    expect(keysOf([pair(VERSION, '3.9')], [pair('a', '1')])).toEqual([])
  })

  test('has the highest version of the format', () => {
    const agreement = agreementOf(opened(0, [int(1, 1)]))
    expect(agreement.version).toBe(1)
    agree(agreement, opened(1, [int(1, 2)]))
    agree(agreement, opened(2, []))
    expect(agreement.version).toBe(2)
    expect(agreementOf(opened(0, [])).version).toBe(1)
  })

  test('names the columns whose bounds have another order', () => {
    const orders = (...kinds: number[]) =>
      list(
        7,
        kinds.map((kind) => [struct(kind, [])]),
      )
    const agreement = agreementOf(opened(0, [orders(1, 1)]))
    expect(agreement.orders.length).toBe(2)
    expect([...agree(agreement, opened(1, [orders(1, 1)]))]).toEqual([])
    expect([...agree(agreement, opened(2, [orders(1, 2)]))]).toEqual([1])
    expect([...agree(agreement, opened(3, [orders(2, 1)]))]).toEqual([0])
    // Fewer than columns are none.
    expect([...agree(agreement, opened(4, [orders(1)]))]).toEqual([0, 1])
    expect([...agree(agreement, opened(5, []))]).toEqual([0, 1])
    expect(agreementOf(opened(0, [])).orders).toEqual([])
  })
})

describe('statistics', () => {
  const given = fieldOf(
    [
      struct(
        12,
        [1, 2, 3, 4, 5, 6, 7, 8].map((id) => int(id, id)),
      ),
    ],
    12,
  )
  const kept = (element: object | undefined, isOrdered: boolean): number[] => {
    const field = movedStatistics(given, element as never, isOrdered)
    const moved = structOf([field]).get(12)
    return [...rawStruct(moved?.value ?? new Uint8Array(0)).keys()]
  }
  const integer = (signed: boolean) => ({ kind: 'integer', bits: 32, signed })

  test.each<[object | undefined, boolean, number[]]>([
    [{ type: 'INT32' }, true, [1, 2, 3, 4, 5, 6, 7, 8]],
    [{ type: 'INT32' }, false, [1, 2, 3, 4]],
    [{ type: 'INT32', logical: integer(true) }, true, [1, 2, 3, 4, 5, 6, 7, 8]],
    [{ type: 'INT32', logical: integer(false) }, true, [3, 4, 5, 6, 7, 8]],
    [{ type: 'INT64', logical: { kind: 'timestamp' } }, true, [1, 2, 3, 4, 5, 6, 7, 8]],
    [{ type: 'BOOLEAN' }, true, [1, 2, 3, 4, 5, 6, 7, 8]],
    [{ type: 'FLOAT' }, true, [1, 2, 3, 4, 5, 6, 7, 8]],
    [{ type: 'DOUBLE' }, false, [1, 2, 3, 4]],
    [{ type: 'BYTE_ARRAY' }, true, [3, 4, 5, 6, 7, 8]],
    [{ type: 'BYTE_ARRAY' }, false, [3, 4]],
    [undefined, true, [3, 4, 5, 6, 7, 8]],
  ])('of %o, ordered %s: fields %j', (element, isOrdered, fields) => {
    expect(kept(element, isOrdered)).toEqual(fields)
  })
})

describe('the merged footer', () => {
  const agreement = (orders: readonly Uint8Array[], keyValues: Map<string, readonly Uint8Array[]> = new Map()) =>
    ({ leaves: [], schema: { field: fieldOf([list(2, [[int(5, 1)]])], 2) }, orders, keyValues, version: 2 }) as never
  function tailOf(metadata: readonly WrittenField[], orders: readonly Uint8Array[] = []): RawStruct {
    const groups = fieldOf(
      [list(4, [[int(3, 5), int(7, 9), list(1, [[struct(3, [int(9, 100), int(7, 50), ...metadata])]])]])],
      4,
    )
    const source = { groups, groupCount: 1, rows: 5, footerAt: 500 } as never
    const bytes = mergedTail(agreement(orders), [{ source, shift: 1000, disordered: new Set() }], undefined, 0)
    return rawStruct(bytes.subarray(0, bytes.length - 8))
  }
  const chunkOf = (footer: RawStruct): RawStruct => {
    const [group] = rawStructs(footer.get(4)) ?? []
    const [column] = rawStructs(group?.get(1)) ?? []
    return rawStruct(column?.get(3)?.value ?? new Uint8Array(0))
  }
  const numbersOf = (moved: RawStruct, ...ids: number[]) => ids.map((id) => rawInt(moved.get(id)))

  test('moves what points into the file, and drops what points nowhere', () => {
    const all = [int(10, 60), int(11, 70), int(14, 200), int(15, 30)]
    expect(numbersOf(chunkOf(tailOf(all)), 7, 9, 10, 11, 14, 15)).toEqual([50, 1100, 1060, 1070, 1200, 30])
    expect(numbersOf(chunkOf(tailOf([int(14, 200)])), 14, 15)).toEqual([1200, undefined])
    const none = [int(10, 0), int(11, 0), int(14, 3), int(15, 30)]
    expect(numbersOf(chunkOf(tailOf(none)), 10, 11, 14, 15)).toEqual([undefined, undefined, undefined, undefined])
  })

  test('has rows, version and orders, where there are any', () => {
    expect(numbersOf(tailOf([]), 1, 3)).toEqual([2, 5])
    expect(tailOf([]).has(7)).toBe(false)
    expect(tailOf([]).has(5)).toBe(false)
    expect(rawList(tailOf([], [bytesOf([struct(1, [])])]).get(7))?.items.length).toBe(1)
  })
})

describe('schemas', () => {
  const seen = (name: string, more: object = {}) => ({
    name,
    type: 'INT32',
    repetition: 'REQUIRED',
    typeLength: 0,
    childCount: 0,
    ...more,
  })
  const schemaOf = (...elements: readonly (readonly [object, readonly WrittenField[]])[]) =>
    ({ seen: elements.map(([element]) => element), elements: elements.map(([, fields]) => bytesOf(fields)) }) as never
  const root = [seen('root', { childCount: 2, type: undefined }), [int(5, 2)]] as const
  const column = (name: string, more: object = {}, fields: readonly WrittenField[] = []) =>
    [seen(name, more), [text(4, name), ...fields]] as const
  const differs = (rule: RegExp, name: string) =>
    expect.objectContaining({
      code: 'TYPE_MISMATCH',
      message: expect.stringMatching(rule),
      path: ['sources', 7],
      position: { column: name },
    })

  test('are the same by what they mean', () => {
    const check = (first: never, other: never) => () => checkSameSchema(first, other, 7)
    expect(check(schemaOf(root, column('a')), schemaOf(root, column('a')))).not.toThrow()
    const plain = { logical: { kind: 'integer', signed: true, bits: 32 } }
    expect(check(schemaOf(root, column('a')), schemaOf(root, column('a', plain, [int(6, 17)])))).not.toThrow()
    const other = { logical: { kind: 'integer', signed: true, bits: 8 } }
    expect(check(schemaOf(root, column('a')), schemaOf(root, column('a', other, [int(6, 15)])))).toThrow(
      differs(/INT32/, 'a'),
    )
    const unknown = { logical: { kind: 'other' } }
    const marked = column('a', unknown, [struct(10, [int(99, 1)])])
    expect(check(schemaOf(root, marked), schemaOf(root, column('a', unknown, [int(6, 99)])))).toThrow(
      differs(/other/, 'a'),
    )
    expect(check(schemaOf(root, marked), schemaOf(root, [marked[0], [...marked[1], int(3, 1)]]))).not.toThrow()
  })

  test('that differ are told apart, with the path of the first column', () => {
    const two = schemaOf(root, column('a'), column('b'))
    const one = schemaOf(root, column('a'))
    expect(() => checkSameSchema(two, one, 7)).toThrow(differs(/it lacks a column/, 'b'))
    expect(() => checkSameSchema(one, two, 7)).toThrow(differs(/it has an additional column/, 'b'))
    expect(() => checkSameSchema(one, schemaOf(root, column('c')), 7)).toThrow(differs(/another column/, 'c'))
    const nested = (name: string) =>
      schemaOf(
        root,
        [seen('g', { childCount: 1, type: undefined }), [text(4, 'g'), int(5, 1)]],
        column('x'),
        column(name),
      )
    expect(() => checkSameSchema(nested('y'), nested('z'), 7)).toThrow(differs(/another column/, 'z'))
    const inner = (repetition: string) =>
      schemaOf(
        root,
        [seen('g', { childCount: 1, type: undefined }), [text(4, 'g'), int(5, 1)]],
        column('x', { repetition }, [int(3, Number(repetition === 'OPTIONAL'))]),
      )
    expect(() => checkSameSchema(inner('REQUIRED'), inner('OPTIONAL'), 7)).toThrow(
      differs(/optional INT32 instead of required INT32/, 'g.x'),
    )
    const fixed = (typeLength: number) =>
      schemaOf(root, column('f', { type: 'FIXED_LEN_BYTE_ARRAY', typeLength }, [int(2, typeLength)]))
    expect(() => checkSameSchema(fixed(3), fixed(4), 7)).toThrow(
      differs(/FIXED_LEN_BYTE_ARRAY\(4\) instead of .*\(3\)/, 'f'),
    )
  })
})

describe('a survey', () => {
  const metadata = {
    createdBy: 'millrace',
    rowGroups: [{ rows: 5, chunks: [{ path: 'a', start: 100, end: 150 }] }],
  } as never
  const group = (...places: WrittenField[]) => [int(3, 5), list(1, [[struct(3, [int(9, 100), int(7, 50)]), ...places]])]
  const survey = (...places: WrittenField[]) => surveyOf(fieldOf([list(4, [group(...places)])], 4), metadata, 300)

  test('finds the bytes to move, and those of the indexes behind them', () => {
    expect(survey()).toEqual({ groupCount: 1, data: { start: 4, end: 300 }, indexBytes: undefined })
    expect(survey(int(4, 200), int(5, 30))).toEqual({ groupCount: 1, data: { start: 4, end: 200 }, indexBytes: 30 })
    expect(survey(int(4, 200), int(5, 30), int(6, 150), int(7, 20))).toMatchObject({
      data: { end: 150 },
      indexBytes: 50,
    })
    expect(survey(int(4, 200), int(5, 100))).toMatchObject({ indexBytes: 100 })
    // Among the pages, they move with them.
    expect(survey(int(4, 50), int(5, 30))).toMatchObject({ data: { end: 300 }, indexBytes: 30 })
  })

  test.each([
    [3, 30],
    [200, 0],
    [200, -1],
    [200, 101],
  ])('an index at %i of %i bytes is none', (start, length) => {
    expect(survey(int(4, start), int(5, length)).indexBytes).toBe(undefined)
  })

  test('groups without rows count for nothing, and others must be those that the reader saw', () => {
    const field = (...groups: WrittenField[][]) => fieldOf([list(4, groups)], 4)
    expect(surveyOf(field([int(3, 0)], group()), metadata, 300).groupCount).toBe(1)
    const none = { createdBy: 'millrace', rowGroups: [{ rows: 0, chunks: [] }] } as never
    expect(surveyOf(field([int(3, 0)]), none, 300)).toEqual({
      groupCount: 0,
      data: { start: 4, end: 4 },
      indexBytes: 0,
    })
    const miscounted = expect.objectContaining({ code: 'PARQUET_INVALID' })
    expect(() => surveyOf(field(), metadata, 300)).toThrow(miscounted)
    expect(() => surveyOf(field(group(), group()), metadata, 300)).toThrow(miscounted)
    expect(() => surveyOf(field([int(3, 6)]), metadata, 300)).toThrow(miscounted)
  })
})
