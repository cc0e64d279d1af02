import { type Data, DataType, Precision, Vector } from 'apache-arrow'
import { MillraceError } from '../../errors.ts'
import { decimalText, wordsToBigInt } from '../../internal/decimal.ts'
import { float64Text } from '../../internal/float64.ts'
import { isValidUtf8 } from '../../internal/utf8.ts'
import { type JsonText, newJsonText, writeAscii, writeBytes, writeString } from './json-text.ts'
import { halvesOf, int64Writer, timeWriter, type ValueWriter } from './time-writer.ts'

export interface ValueWriterOptions {
  /** The column's name, dots between nested ones. */
  readonly path: string
  readonly nonFinite: 'error' | 'null'
}

/**
 * A writer of one column's values. In Arrow's JavaScript a slice has its values and offsets cut to size already; its validity bits and
 * booleans still begin at `data.offset`.
 *
 * @throws MillraceError `UNSUPPORTED_FORMAT` for types that JSON has no words for; `ENCODING_INVALID` for a string column that is not UTF-8.
 */
export function valueWriter(data: Data, options: ValueWriterOptions): ValueWriter {
  const write = validValueWriter(data, options)
  const { nullBitmap, offset } = data
  if (DataType.isNull(data.type)) return writeNull
  if (nullBitmap === undefined || nullBitmap === null || nullBitmap.length === 0 || data.nullCount === 0) return write
  return (text, index) => {
    const bit = offset + index
    if (((nullBitmap[bit >> 3] as number) >> (bit & 7)) & 1) write(text, index)
    else writeNull(text)
  }
}

function writeNull(text: JsonText): void {
  writeAscii(text, 'null')
}

function validValueWriter(data: Data, options: ValueWriterOptions): ValueWriter {
  const { type } = data
  if (DataType.isDictionary(type)) return dictionaryWriter(data, options)
  if (DataType.isStruct(type)) return structWriter(data, options)
  if (DataType.isMap(type)) return mapWriter(data, options)
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type))
    return listWriter(data, options)
  if (DataType.isUtf8(type)) return stringWriter(data, options)
  if (DataType.isFloat(type)) return floatWriter(data, options)
  return scalarWriter(data) ?? timeWriter(data, options.path) ?? unsupported(type, options)
}

function unsupported(type: DataType, { path }: ValueWriterOptions): never {
  throw new MillraceError('UNSUPPORTED_FORMAT', `JSON cannot hold a column of type ${type}; cast it to another`, {
    position: { column: path },
  })
}

function scalarWriter(data: Data): ValueWriter | undefined {
  const { type, values, offset } = data
  if (DataType.isNull(type)) return writeNull
  if (DataType.isBool(type)) {
    return (text, index) => {
      const bit = offset + index
      writeAscii(text, ((values[bit >> 3] >> (bit & 7)) & 1) === 1 ? 'true' : 'false')
    }
  }
  if (DataType.isInt(type)) {
    if (type.bitWidth === 64 && type.isSigned) return int64Writer(halvesOf(data))
    return (text, index) => writeAscii(text, String(values[index]))
  }
  if (DataType.isDecimal(type)) {
    const words = type.bitWidth / 32
    return (text, index) => writeAscii(text, decimalText(wordsToBigInt(values, index * words, words), type.scale))
  }
  if (DataType.isBinary(type) || DataType.isLargeBinary(type)) {
    const { valueOffsets } = data
    return (text, index) =>
      writeBase64(text, values.subarray(Number(valueOffsets[index]), Number(valueOffsets[index + 1])))
  }
  if (DataType.isFixedSizeBinary(type)) {
    const width = type.byteWidth
    return (text, index) => writeBase64(text, values.subarray(index * width, (index + 1) * width))
  }
  if (DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) {
    const vector = new Vector([data])
    return (text, index) => {
      const bytes = Buffer.from(String(vector.get(index)))
      writeString(text, bytes, 0, bytes.length)
    }
  }
  return undefined
}

function writeBase64(text: JsonText, bytes: Uint8Array): void {
  writeAscii(text, `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}"`)
}

function floatWriter(data: Data, { path, nonFinite }: ValueWriterOptions): ValueWriter {
  const { type, values } = data
  const isDouble = DataType.isFloat(type) && type.precision === Precision.DOUBLE
  const vector = new Vector([data])
  return (text, index) => {
    const value: number = isDouble ? values[index] : vector.get(index)
    if (Number.isFinite(value)) writeAscii(text, isDouble ? float64Text(value) : shortFloatText(value))
    else if (nonFinite === 'null') writeNull(text)
    else {
      throw new MillraceError(
        'TYPE_MISMATCH',
        "JSON has no NaN and no infinities; write them as null with nonFinite: 'null', or fill them before",
        { position: { row: text.row, column: path } },
      )
    }
  }
}

/** The shortest decimal number that is nearest to this float of 32 or 16 bits among its like. */
function shortFloatText(value: number): string {
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return float64Text(short)
  }
  return float64Text(value)
}

function stringWriter(data: Data, { path }: ValueWriterOptions): ValueWriter {
  const values: Uint8Array = data.values
  const offsets: Int32Array = data.valueOffsets
  if (data.length > 0 && !isValidUtf8(values, offsets[0], offsets[data.length])) {
    throw new MillraceError('ENCODING_INVALID', 'a string column holds bytes that are not UTF-8', {
      position: { column: path },
    })
  }
  return (text, index) => writeString(text, values, offsets[index] as number, offsets[index + 1] as number)
}

/** Each entry of the dictionary is written once and copied from then on. */
function dictionaryWriter(data: Data, options: ValueWriterOptions): ValueWriter {
  const { values, dictionary } = data
  if (dictionary === undefined) return writeNull
  const chunks = dictionary.data.map((chunk) => ({ length: chunk.length, write: valueWriter(chunk, options) }))
  const entries = new Map<number, Uint8Array>()
  return (text, index) => {
    const key = Number(values[index])
    let entry = entries.get(key)
    if (entry === undefined) {
      entry = entryText(chunks, key)
      entries.set(key, entry)
    }
    writeBytes(text, entry)
  }
}

function entryText(chunks: readonly { length: number; write: ValueWriter }[], key: number): Uint8Array {
  const text = newJsonText()
  let rest = key
  for (const { length, write } of chunks) {
    if (rest < length) {
      write(text, rest)
      break
    }
    rest -= length
  }
  return text.bytes.slice(0, text.at)
}

function structWriter(data: Data, options: ValueWriterOptions): ValueWriter {
  return objectWriter(
    data.type.children.map((field: { name: string }) => field.name),
    data.children,
    options,
  )
}

/** Writes row `index` of the columns as an object. Names are known to differ. */
export function objectWriter(
  names: readonly string[],
  columns: readonly Data[],
  options: ValueWriterOptions,
): ValueWriter {
  const prefix = options.path === '' ? '' : `${options.path}.`
  const members = columns.map((column, place) => {
    const name = names[place] ?? ''
    const key = Buffer.from(`${place === 0 ? '{' : ','}${JSON.stringify(name)}:`)
    return { key, write: valueWriter(column, { ...options, path: prefix + name }) }
  })
  return (text, index) => {
    if (members.length === 0) writeAscii(text, '{')
    for (const { key, write } of members) {
      writeBytes(text, key)
      write(text, index)
    }
    writeAscii(text, '}')
  }
}

function listWriter(data: Data, options: ValueWriterOptions): ValueWriter {
  const { type, valueOffsets, children } = data
  const write = valueWriter(children[0] as Data, { ...options, path: `${options.path}.item` })
  const size = DataType.isFixedSizeList(type) ? type.listSize : undefined
  return (text, index) => {
    const start = size === undefined ? Number(valueOffsets[index]) : index * size
    const end = size === undefined ? Number(valueOffsets[index + 1]) : start + size
    writeAscii(text, '[')
    for (let item = start; item < end; item++) {
      if (item > start) writeAscii(text, ',')
      write(text, item)
    }
    writeAscii(text, ']')
  }
}

/** A map is an object; keys that are no strings are put in quotes. A repeated key would be lost by any reader, so it is refused. */
function mapWriter(data: Data, options: ValueWriterOptions): ValueWriter {
  const { valueOffsets, children } = data
  const [keys, values] = (children[0] as Data).children as [Data, Data]
  if (!DataType.isUtf8(keys.type) && !DataType.isInt(keys.type) && !DataType.isDate(keys.type))
    unsupported(data.type, options)
  const writeKey = valueWriter(keys, { ...options, path: `${options.path}.key` })
  const writeValue = valueWriter(values, { ...options, path: `${options.path}.value` })
  const isQuoted = !DataType.isInt(keys.type)
  return (text, index) => {
    const seen = new Set<string>()
    writeAscii(text, '{')
    for (let entry = valueOffsets[index]; entry < valueOffsets[index + 1]; entry++) {
      if (entry > valueOffsets[index]) writeAscii(text, ',')
      const start = text.at
      if (!isQuoted) writeAscii(text, '"')
      writeKey(text, entry)
      if (!isQuoted) writeAscii(text, '"')
      const key = Buffer.from(text.bytes.buffer, start, text.at - start).toString('latin1')
      if (seen.has(key)) {
        throw new MillraceError('TYPE_MISMATCH', 'a map repeats a key, which a JSON object cannot', {
          position: { row: text.row, column: options.path },
        })
      }
      seen.add(key)
      writeAscii(text, ':')
      writeValue(text, entry)
    }
    writeAscii(text, '}')
  }
}
