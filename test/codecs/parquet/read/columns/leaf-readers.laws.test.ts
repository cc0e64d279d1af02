import fc from 'fast-check'
import type { CompressionCodec } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import { byteBudget } from '../../../../../src/codecs/parquet/read/bytes/byte-budget.ts'
import { columnReader } from '../../../../../src/codecs/parquet/read/columns/column-reader.ts'
import { flatLeafReader, valuesCollector } from '../../../../../src/codecs/parquet/read/columns/flat-leaf-reader.ts'
import type { LeafLimits } from '../../../../../src/codecs/parquet/read/columns/leaf-reader.ts'
import { leveledLeafReader } from '../../../../../src/codecs/parquet/read/columns/leveled-leaf-reader.ts'
import { readKernels } from '../../../../../src/codecs/parquet/read/kernel/read-kernel.ts'
import { law } from '../../../../support/law.ts'
import {
  type CellsOptions,
  cellOf,
  pagesOf,
  type Row,
  shapeOf,
  VALUE_KINDS,
  type ValueKind,
} from '../../support/column-of-cells.ts'
import { openPages, type PageLimits } from '../../support/column-pages.ts'
import { arrowCell } from '../../support/parquet-cells.ts'

interface Reading extends PageLimits, Partial<LeafLimits> {
  /** Rows that are asked for at once, again and again. */
  readonly steps?: readonly number[]
  readonly firstRow?: number
}

/** The cells of a column of these pages, and the number of rows of each batch. */
async function readColumn(
  { pages, values }: { pages: readonly Uint8Array[]; values: number },
  rows: number,
  options: CellsOptions,
  { steps = [], firstRow = 1, maxFieldBytes = 1e6, maxRowBytes = 1e6, ...limits }: Reading = {},
) {
  const shape = shapeOf(options)
  const kernel = readKernels(limits.kernelBytes ?? 0).start()
  const { held, column } = (() => {
    let held = byteBudget(0, 'none')
    const column = columnReader(shape, (leaf) => {
      const opened = openPages({ leaf, codec: options.codec, values, pages }, { maxFieldBytes, ...limits })
      held = opened.held
      const collector = (count: number) => valuesCollector(leaf, count, { maxFieldBytes, maxRowBytes }, kernel)
      return shape.kind === 'leaf'
        ? flatLeafReader(leaf, opened.reader, firstRow, collector, opened.held)
        : leveledLeafReader(leaf, opened.reader, firstRow, { maxFieldBytes, maxRowBytes }, opened.held)
    })
    return { held, column }
  })()
  const cells: unknown[] = []
  const batches: number[] = []
  for (let at = 0, i = 0; at < rows; i++) {
    const ready = await column.ahead(Math.min(rows - at, steps[i % steps.length] ?? rows))
    const data = column.take(ready)
    expect(data.length).toBe(ready)
    for (let row = 0; row < ready; row++) cells.push(arrowCell(data, row))
    batches.push(ready)
    at += ready
  }
  return { cells, batches, held, column }
}

const value = fc.oneof(fc.nat(3), fc.nat(120))
const runs = <T>(item: fc.Arbitrary<T>, max: number) =>
  fc
    .array(fc.tuple(item, fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 30 }))), { maxLength: max, size: 'max' })
    .map((parts) => parts.flatMap(([one, count]) => new Array<T>(count).fill(one)))
const optional = fc.option(value, { freq: 4 })
const rowsOf: Readonly<Record<CellsOptions['nesting'], fc.Arbitrary<readonly Row[]>>> = {
  required: runs<Row>(value, 20),
  optional: runs<Row>(optional, 20),
  list: runs<Row>(fc.option(fc.array(optional, { maxLength: 12, size: 'max' }), { freq: 6 }), 12),
}
const kinds = Object.values(VALUE_KINDS)
const anyColumn = fc.constantFrom<CellsOptions['nesting'][]>('required', 'optional', 'list').chain((nesting) =>
  fc.record({
    rows: rowsOf[nesting],
    options: fc.record<CellsOptions>({
      nesting: fc.constant(nesting),
      kind: fc.constantFrom(...kinds),
      version: fc.constantFrom(1, 2),
      encoding: fc.constantFrom('PLAIN', 'PLAIN', 'RLE_DICTIONARY', 'DELTA'),
      codec: fc.constantFrom<CompressionCodec[]>('UNCOMPRESSED', 'SNAPPY', 'GZIP'),
      pageSlots: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 3 }),
      checksum: fc.boolean(),
    }),
  }),
)
const reading = fc.record<Reading>(
  {
    steps: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 3 }),
    maxWholeBytes: fc.constantFrom(0, 0, 40, 1000),
    windowBytes: fc.integer({ min: 1, max: 3000 }),
    kernelBytes: fc.constantFrom(0, 1 << 20),
  },
  { requiredKeys: [] },
)

law(
  'parquet columns: pages of any version, encoding, compression and size have the rows written, held whole or piece by piece',
  fc.asyncProperty(anyColumn, reading, async ({ rows, options }, how) => {
    fc.pre(rows.length > 0)
    const { cells } = await readColumn(pagesOf(rows, options), rows.length, options, how)
    expect(cells).toEqual(rows.map((row) => cellOf(row, options.kind)))
  }),
  { runs: 400 },
)

law(
  'parquet columns: all that pages held is returned when their rows are read',
  fc.asyncProperty(anyColumn, reading, async ({ rows, options }, how) => {
    fc.pre(rows.length > 0)
    // A dictionary is held to the end of its chunk.
    const plain = { ...options, encoding: options.encoding === 'DELTA' ? ('DELTA' as const) : ('PLAIN' as const) }
    const { held } = await readColumn(pagesOf(rows, plain), rows.length, plain, { ...how, maxHeld: 100_000 })
    held.take(100_000)
    expect(() => held.take(1)).toThrow()
  }),
  { runs: 60 },
)

const flat = (kind: ValueKind, more: Partial<CellsOptions> = {}): CellsOptions => ({
  nesting: 'required',
  kind,
  version: 1,
  encoding: 'PLAIN',
  codec: 'UNCOMPRESSED',
  pageSlots: [],
  ...more,
})
const { int32, text } = VALUE_KINDS as { int32: ValueKind; text: ValueKind }
const MIB = 1024 * 1024

describe('rows that are not there', () => {
  test.each(['required', 'optional', 'list'] as const)('%s', async (nesting) => {
    const options = flat(int32, { nesting })
    const row: Row = nesting === 'list' ? [1] : 1
    const written = pagesOf([row, row], options)
    const message = nesting === 'list' ? 'a column has fewer rows than its row group' : 'a column has fewer values'
    await expect(readColumn(written, 3, options)).rejects.toMatchObject({
      code: 'PARQUET_INVALID',
      message: expect.stringContaining(message),
    })
    expect((await readColumn(written, 2, options)).cells.length).toBe(2)
  })

  test('a list that begins in the middle', async () => {
    const options = flat(int32, { nesting: 'list' })
    const { pages, values } = pagesOf([[1, 2, 3]], { ...options, pageSlots: [1, 2] })
    await expect(readColumn({ pages: pages.slice(1), values: values - 1 }, 1, options)).rejects.toMatchObject({
      message: 'a column chunk begins in the middle of a row',
    })
  })
})

test('all rows that are asked for come in one batch, if they are small', async () => {
  for (const nesting of ['required', 'optional', 'list'] as const) {
    const options = flat(int32, { nesting, pageSlots: [7] })
    const rows = Array.from({ length: 300 }, (_, i): Row => (nesting === 'list' ? [i % 9, 1] : i % 9))
    expect((await readColumn(pagesOf(rows, options), 300, options)).batches).toEqual([300])
    expect((await readColumn(pagesOf(rows, options), 300, options, { steps: [100] })).batches).toEqual([100, 100, 100])
  }
})

describe('limits', () => {
  test('text that is longer than a field may be, with its row', async () => {
    for (const nesting of ['optional', 'list'] as const) {
      const options = flat(text, { nesting })
      const wrap = (item: number | null): Row => (nesting === 'list' ? [null, item] : item)
      const rows = [wrap(1), wrap(null), wrap(1), wrap(39)]
      const written = pagesOf(rows, options)
      const longest = text.plain(39).length
      expect((await readColumn(written, 4, options, { maxFieldBytes: longest, firstRow: 100 })).cells.length).toBe(4)
      await expect(
        readColumn(written, 4, options, { maxFieldBytes: longest - 1, firstRow: 100 }),
      ).rejects.toMatchObject({
        code: 'LIMIT_EXCEEDED',
        position: { row: 103, column: nesting === 'list' ? 'element' : 'a' },
      })
    }
  })

  test('a list of more bytes than a row may have', async () => {
    const options = flat(int32, { nesting: 'list', pageSlots: [1000] })
    const items = Array.from({ length: 20_000 }, (_, i) => i % 100)
    const written = pagesOf([items], options)
    await expect(readColumn(written, 1, options, { maxRowBytes: 50_000 })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: 'a row takes more than 50000 bytes (limits.maxRowBytes)',
    })
    expect((await readColumn(written, 1, options, { maxRowBytes: 120_000 })).cells[0]).toEqual(items.map(String))
  })

  test('a batch of a column has 32 MiB at most, one row at least', async () => {
    const dictionary = { ...text, plain: () => [...new Uint8Array(1000)] }
    const many = { ...flat(dictionary, { encoding: 'RLE_DICTIONARY' }), pageSlots: [] }
    const rows = new Array<Row>(70_000).fill(0)
    const { batches } = await readColumn(pagesOf(rows, many), 70_000, many, { maxRowBytes: 64 * MIB })
    expect(batches).toEqual([33_554, 33_554, 2892])
  })
})

describe('text that is not UTF-8', () => {
  const bad: ValueKind = { ...text, plain: (item) => (item === 9 ? [0xff] : [0x61]) }
  const refused = (row: number, column: string) => ({
    code: 'ENCODING_INVALID',
    message: expect.stringContaining('a string is not valid UTF-8'),
    position: { row, column },
  })

  test.each(['PLAIN', 'RLE_DICTIONARY', 'DELTA'] as const)('in its row: %s', async (encoding) => {
    const options = flat(bad, { nesting: 'optional', encoding })
    const rows = [1, null, 2, 9, 1]
    await expect(readColumn(pagesOf(rows, options), 5, options, { firstRow: 11 })).rejects.toMatchObject(
      refused(14, 'a'),
    )
    await expect(readColumn(pagesOf(rows, options), 5, options, { firstRow: 11, steps: [2] })).rejects.toMatchObject(
      refused(14, 'a'),
    )
  })

  test('in a list, in its row', async () => {
    const options = flat(bad, { nesting: 'list' })
    const rows: Row[] = [[1, 2], null, [], [1, null, 2, 9], [1]]
    for (const steps of [[5], [1], [3]]) {
      await expect(readColumn(pagesOf(rows, options), 5, options, { steps })).rejects.toMatchObject(
        refused(4, 'element'),
      )
    }
  })

  test('an entry that no value uses does not count', async () => {
    const options = flat(bad, { encoding: 'RLE_DICTIONARY' })
    const { pages } = pagesOf([1, 9], { ...options, pageSlots: [1] })
    expect((await readColumn({ pages: pages.slice(0, 2), values: 1 }, 1, options)).cells).toEqual(['a'])
  })
})

test('texts of a dictionary are gathered in several pieces, by a kernel too', async () => {
  const options = flat(text, { encoding: 'RLE_DICTIONARY' })
  const rows = Array.from({ length: 40_000 }, (_, i): Row => (i * 7) % 100)
  const written = pagesOf(rows, options)
  for (const kernelBytes of [0, 1 << 20]) {
    const { cells } = await readColumn(written, rows.length, options, { kernelBytes, maxRowBytes: 64 * MIB })
    expect(cells.every((cell, i) => cell === cellOf(rows[i] as Row, text))).toBe(true)
  }
})
