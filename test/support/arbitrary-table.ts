import {
  Binary,
  Bool,
  type Data,
  DataType,
  DateDay,
  Decimal,
  Dictionary,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  Map_,
  makeData,
  makeVector,
  Null,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimeMicrosecond,
  TimeMillisecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow'
import fc from 'fast-check'

/**
 * A cell as the tests compare it: null, boolean, number, bigint (64-bit integers, times of day, timestamps and decimals, unscaled), text,
 * bytes; an array for a list; an array of pairs for a map; an object of cells by field name for a struct.
 */
export type Cell = null | boolean | number | bigint | string | Uint8Array | Cell[] | { [field: string]: Cell }

export interface TableCase {
  readonly schema: Schema
  /** Cells, row by row, column by column. */
  readonly rows: readonly (readonly Cell[])[]
  /** The same rows cut into batches, whose buffers start somewhere in larger ones. */
  readonly batches: readonly RecordBatch[]
  readonly table: Table
}

export interface TableCaseOptions {
  readonly nested?: boolean
  readonly maxRows?: number
  readonly maxColumns?: number
  readonly types?: fc.Arbitrary<DataType>
}

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -1000n, max: 1000n }),
  fc.constantFrom(0n, -1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)),
)
/** Instants that fit every unit, before and after 1970. */
const instant = fc.oneof(fc.bigInt({ min: -(2n ** 52n), max: 2n ** 52n }), fc.constantFrom(0n, -1n, 2n ** 52n))
const text = fc.oneof(
  fc.constantFrom('', 'a', 'new', 'Zürich', '👍🏽', '\0', 'null', 'x'.repeat(300), '€'.repeat(90)),
  fc.string({ unit: 'grapheme', maxLength: 90 }),
)
const double = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.constantFrom(2 ** 53, -(2 ** 53), 2 ** 53 + 2, 0.1, Number.MAX_VALUE, Number.MIN_VALUE),
)

/** The types that most columns of most files have. */
export function arbitraryPlainType(): fc.Arbitrary<DataType> {
  return fc.constantFrom(new Utf8(), new Int64(), new Float64(), new Bool(), new TimestampMillisecond('UTC'))
}

export function arbitraryFlatType(): fc.Arbitrary<DataType> {
  const types: DataType[] = [
    new Bool(),
    new Int8(),
    new Int16(),
    new Int32(),
    new Int64(),
    new Uint8(),
    new Uint16(),
    new Uint32(),
    new Uint64(),
    new Float32(),
    new Float64(),
    new Utf8(),
    new Binary(),
    new DateDay(),
    new TimeMillisecond(),
    new TimeMicrosecond(),
    new TimestampMillisecond('UTC'),
    new TimestampMicrosecond('UTC'),
    new TimestampMicrosecond(),
    new TimestampNanosecond(),
    new Dictionary(new Utf8(), new Int32()),
    new Dictionary(new Int64(), new Int8()),
    new Dictionary(new Bool(), new Uint8()),
    new Dictionary(new Binary(), new Int16()),
    new Dictionary(new Decimal(3, 20, 128), new Uint32()),
    new Dictionary(new FixedSizeBinary(3), new Int32()),
    new Null(),
  ]
  const decimal = fc
    .tuple(fc.integer({ min: 1, max: 38 }), fc.nat(38))
    .map(([precision, scale]) => new Decimal(Math.min(scale, precision), precision, 128))
  const fixed = fc.integer({ min: 1, max: 20 }).map((width) => new FixedSizeBinary(width))
  return fc.oneof(
    { weight: 10, arbitrary: arbitraryPlainType() },
    { weight: 8, arbitrary: fc.constantFrom(...types) },
    decimal,
    fixed,
  )
}

export function arbitraryNestedType(depth = 2): fc.Arbitrary<DataType> {
  const item = depth <= 1 ? arbitraryFlatType() : fc.oneof(arbitraryFlatType(), arbitraryNestedType(depth - 1))
  const field = (name: string): fc.Arbitrary<Field> =>
    fc.tuple(item, fc.boolean()).map(([type, required]) => new Field(name, type, !required || DataType.isNull(type)))
  return fc.oneof(
    field('item').map((child) => new List(child)),
    fc.tuple(field('item'), fc.integer({ min: 1, max: 3 })).map(([child, size]) => new FixedSizeList(size, child)),
    fc.tuple(field('a'), field('b')).map((children) => new Struct(children)),
    field('value').map((value) => {
      const entries = new Struct([new Field('key', new Utf8(), false), value])
      return new Map_(new Field('entries', entries as never, false))
    }),
  )
}

/** Values of a type, never null at the top. */
function arbitraryValue(type: DataType): fc.Arbitrary<Cell> {
  if (DataType.isDictionary(type)) return arbitraryValue(type.dictionary)
  if (DataType.isBool(type)) return fc.boolean()
  if (DataType.isInt(type) && type.bitWidth < 64) {
    const span = 2 ** type.bitWidth
    return fc.integer(type.isSigned ? { min: -span / 2, max: span / 2 - 1 } : { min: 0, max: span - 1 })
  }
  if (DataType.isInt(type)) return type.isSigned ? int64 : fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  if (DataType.isFloat(type)) return type.precision === 1 ? double.map(Math.fround) : double
  if (DataType.isUtf8(type)) return text
  if (DataType.isBinary(type)) return fc.uint8Array({ maxLength: 80 })
  if (DataType.isFixedSizeBinary(type)) return fc.uint8Array({ minLength: type.byteWidth, maxLength: type.byteWidth })
  if (DataType.isDate(type)) return fc.integer({ min: -1_000_000, max: 1_000_000 })
  if (DataType.isTime(type))
    return type.bitWidth === 32 ? fc.nat(86_399_999) : fc.bigInt({ min: 0n, max: 86_399_999_999n })
  if (DataType.isTimestamp(type)) return instant
  if (DataType.isDecimal(type)) {
    const max = 10n ** BigInt(type.precision) - 1n
    return fc.bigInt({ min: -max, max })
  }
  if (DataType.isStruct(type))
    return fc.tuple(...type.children.map(arbitraryCell)).map((cells) => structCell(type, cells))
  if (DataType.isMap(type)) {
    const [key, value] = (type.children[0] as Field).type.children as [Field, Field]
    return fc.array(fc.tuple(arbitraryCell(key), arbitraryCell(value)), { maxLength: 3 }) as fc.Arbitrary<Cell>
  }
  const length = DataType.isFixedSizeList(type)
    ? { minLength: type.listSize, maxLength: type.listSize }
    : { maxLength: 4 }
  return fc.array(arbitraryCell(type.children[0] as Field), length)
}

function structCell(type: Struct, cells: readonly Cell[]): Cell {
  return Object.fromEntries(type.children.map(({ name }, i) => [name, cells[i] ?? null]))
}

function arbitraryCell({ type, nullable }: Field): fc.Arbitrary<Cell> {
  if (DataType.isNull(type)) return fc.constant(null)
  return nullable ? fc.option(arbitraryValue(type), { freq: 4 }) : arbitraryValue(type)
}

/** Types of columns: half of them plain, three in ten nested. */
function arbitraryColumnType(): fc.Arbitrary<DataType> {
  return fc.oneof(
    { weight: 4, arbitrary: arbitraryPlainType() },
    { weight: 3, arbitrary: arbitraryFlatType() },
    { weight: 3, arbitrary: arbitraryNestedType() },
  )
}

/** Cells of a column: each drawn by itself, or few values in runs; nulls anywhere, or in a run at the start, in the middle or at the end. */
function arbitraryColumn({ type, nullable }: Field, rows: number): fc.Arbitrary<Cell[]> {
  if (DataType.isNull(type)) return fc.constant(new Array<Cell>(rows).fill(null))
  const value = arbitraryValue(type)
  const run = fc.tuple(value, fc.integer({ min: 1, max: 12 }))
  const runs = fc.array(run, { minLength: 1, maxLength: 6 }).map((all) =>
    cycled(
      all.flatMap(([cell, length]) => new Array<Cell>(length).fill(cell)),
      rows,
    ),
  )
  const each = fc.array(value, { minLength: rows, maxLength: rows })
  // Nested values cost so much to make that few of them serve many rows.
  const values =
    (type.children ?? []).length > 0
      ? fc.array(value, { minLength: 1, maxLength: 8 }).map((all) => cycled(all, rows))
      : each
  const cells = fc.oneof({ weight: 2, arbitrary: values }, runs)
  return nullable ? fc.tuple(cells, arbitraryNulls(rows)).map(withNulls) : cells
}

function cycled(cells: readonly Cell[], rows: number): Cell[] {
  return Array.from({ length: rows }, (_, row) => cells[row % cells.length] as Cell)
}

/** The rows that are null. */
function arbitraryNulls(rows: number): fc.Arbitrary<(row: number) => boolean> {
  const scattered = fc
    .array(fc.nat(3), { minLength: rows, maxLength: rows })
    .map((all) => (row: number) => all[row] === 0)
  const run = fc
    .tuple(fc.constantFrom('start', 'middle', 'end', 'none'), fc.nat(rows), fc.nat(rows))
    .map(([place, first, length]) => {
      if (place === 'none') return () => false
      const from = place === 'start' ? 0 : place === 'end' ? rows - length : first
      return (row: number) => row >= from && row < from + length
    })
  return fc.oneof(scattered, run)
}

function withNulls([cells, isNull]: [Cell[], (row: number) => boolean]): Cell[] {
  return cells.map((cell, row) => (isNull(row) ? null : cell))
}

/** A table of any schema, its rows as cells, and the same rows as batches that are cut and sliced anywhere. */
export function arbitraryTableCase(options: TableCaseOptions = {}): fc.Arbitrary<TableCase> {
  const { nested = true, maxRows = 40, maxColumns = 4 } = options
  const types = options.types ?? (nested ? arbitraryColumnType() : arbitraryFlatType())
  const field = fc
    .tuple(types, fc.boolean())
    .map(([type, required]) => ({ type, nullable: !required || DataType.isNull(type) }))
  const fields = fc
    .array(field, { minLength: 1, maxLength: maxColumns, size: 'max' })
    .map((all) => all.map(({ type, nullable }, i) => new Field(`c${i}`, type, nullable)))
  const rows = fc.oneof(fc.nat(Math.min(maxRows, 9)), fc.nat(maxRows))
  return fc.tuple(fields, rows).chain(([columns, count]) =>
    fc
      .tuple(
        fc.tuple(...columns.map((column) => arbitraryColumn(column, count))),
        fc.array(fc.nat(count), { maxLength: 3 }),
        fc.nat(9),
      )
      .map(([cells, cuts, padding]) => {
        const byRow = Array.from({ length: count }, (_, row) => cells.map((column) => column[row] ?? null))
        return tableCase(new Schema(columns), byRow, cuts, padding)
      }),
  )
}

function tableCase(schema: Schema, rows: Cell[][], cuts: readonly number[], padding: number): TableCase {
  const ends = [...new Set([...cuts.filter((cut) => cut < rows.length), rows.length])].sort((a, b) => a - b)
  const batches = ends.map((end, i) => {
    const start = ends[i - 1] ?? 0
    const from = Math.max(0, start - padding)
    const to = Math.min(rows.length, end + padding)
    return batchOf(schema, rows.slice(from, to)).slice(start - from, end - from)
  })
  return { schema, rows, batches, table: new Table(schema, batches) }
}

export function batchOf(schema: Schema, rows: readonly (readonly Cell[])[]): RecordBatch {
  const children = schema.fields.map((field, i) =>
    dataOf(
      field.type,
      rows.map((row) => row[i] ?? null),
    ),
  )
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length: rows.length, nullCount: 0, children }),
  )
}

/** Data of cells that begins somewhere in larger data, as slices do. */
function slicedDataOf(field: Field, cells: readonly Cell[]): Data {
  const before = 1 + (cells.length % 10)
  const around = rubbishCell(field)
  return dataOf(field.type, [...new Array<Cell>(before).fill(around), ...cells, around]).slice(before, cells.length)
}

/** Arrow data of cells. The slots of nulls hold rubbish, as Arrow allows, and all that lies below is a slice. */
export function dataOf(type: DataType, cells: readonly Cell[]): Data {
  const length = cells.length
  if (DataType.isNull(type)) return makeData({ type, length })
  const nullCount = cells.filter((cell) => cell === null).length
  const valid = nullCount === 0 ? {} : { nullBitmap: bitmap(cells.map((cell) => cell !== null)) }
  const base = { length, nullCount: nullCount === 0 ? 0 : -1, ...valid }
  if (DataType.isDictionary(type)) {
    const distinct = [...new Set(cells)]
    const codes = cells.map((cell) => Math.max(0, distinct.indexOf(cell)))
    const entries = distinct.map((cell) => cell ?? rubbish(type.dictionary))
    const dictionary = makeVector(slicedDataOf(new Field('entry', type.dictionary, false), entries))
    return makeData({ type, ...base, data: type.indices.ArrayType.from(codes), dictionary })
  }
  if (DataType.isStruct(type)) {
    const children = type.children.map((child) =>
      slicedDataOf(
        child,
        cells.map((cell) => memberOf(cell, child)),
      ),
    )
    return makeData({ type, ...base, children })
  }
  if (DataType.isFixedSizeList(type)) {
    const item = type.children[0] as Field
    const items = cells.flatMap((cell) => (cell as Cell[] | null) ?? new Array(type.listSize).fill(rubbishCell(item)))
    return makeData({ type, ...base, child: slicedDataOf(item, items) })
  }
  if (DataType.isList(type) || DataType.isMap(type)) {
    const item = type.children[0] as Field
    const lists = cells.map((cell) => (cell as Cell[] | null) ?? [rubbishCell(item)])
    const items = DataType.isMap(type) ? lists.flat(1).map((pair) => entryOf(item, pair)) : lists.flat(1)
    const valueOffsets = offsetsOf(lists)
    return makeData({ type: type as List, ...base, valueOffsets, child: slicedDataOf(item, items) })
  }
  if (DataType.isUtf8(type) || DataType.isBinary(type)) {
    const parts = cells.map((cell) =>
      typeof cell === 'string' ? Buffer.from(cell) : ((cell as Uint8Array) ?? Buffer.from('??')),
    )
    return makeData({
      type: type as Utf8,
      ...base,
      valueOffsets: offsetsOf(parts),
      data: new Uint8Array(Buffer.concat(parts)),
    })
  }
  if (DataType.isBool(type)) return makeData({ type, ...base, data: bitmap(cells.map((cell) => cell !== false)) })
  return makeData({ type: type as Int32, ...base, data: fixedBuffer(type, cells) as Int32Array })
}

function entryOf({ type }: Field, pair: Cell): Cell {
  const [key, value] = Array.isArray(pair) ? pair : ['?', null]
  const fields = type.children as Field[]
  return { key: key as Cell, value: value ?? (fields[1]?.nullable === false ? rubbish(fields[1].type) : null) }
}

function memberOf(cell: Cell, child: Field): Cell {
  if (cell === null) return rubbishCell(child)
  return (cell as { [field: string]: Cell })[child.name] ?? null
}

function rubbishCell({ type, nullable }: Field): Cell {
  return nullable ? null : rubbish(type)
}

/** Some value of a type, for slots that nobody may look at. */
function rubbish(type: DataType): Cell {
  return fc.sample(arbitraryValue(type), { numRuns: 1, seed: 7 })[0] ?? null
}

function fixedBuffer(type: DataType, cells: readonly Cell[]): ArrayLike<unknown> {
  if (DataType.isFixedSizeBinary(type)) {
    const { byteWidth } = type
    return new Uint8Array(Buffer.concat(cells.map((cell) => (cell as Uint8Array) ?? Buffer.alloc(byteWidth, 0xff))))
  }
  if (DataType.isDecimal(type)) {
    const words = cells.map((cell) => BigInt.asUintN(128, (cell as bigint | null) ?? 2n ** 127n - 1n))
    return Uint32Array.from(
      words.flatMap((word) => [0n, 32n, 64n, 96n].map((shift) => Number((word >> shift) & 0xffffffffn))),
    )
  }
  const values = cells.map((cell) => cell ?? (type.ArrayType.name.startsWith('Big') ? 99n : 99))
  return type.ArrayType.from(values)
}

function bitmap(bits: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array((bits.length + 7) >> 3)
  bits.forEach((bit, i) => {
    if (bit) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (1 << (i & 7))
  })
  return bytes
}

function offsetsOf(parts: readonly { readonly length: number }[]): Int32Array {
  const offsets = new Int32Array(parts.length + 1)
  parts.forEach(({ length }, i) => {
    offsets[i + 1] = (offsets[i] ?? 0) + length
  })
  return offsets
}
