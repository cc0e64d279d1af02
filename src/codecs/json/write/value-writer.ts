import { type Data, DataType, type Field } from 'apache-arrow'
import { isJsonField } from '../../../columns/extension-type.ts'
import { MillraceError } from '../../../errors.ts'
import { newJsonText, writeAscii, writeBytes } from './json-text.ts'
import { jsonTextWriter } from './json-text-writer.ts'
import { floatWriter, scalarWriter, stringWriter, type ValueWriterOptions, writeNull } from './scalar-writer.ts'
import { timeWriter, type ValueWriter } from './time-writer.ts'

/**
 * A writer of one column's values. In Arrow's JavaScript the values and offsets of a slice are already cut to size; its
 * validity bits and booleans still begin at `data.offset`.
 *
 * @throws MillraceError `UNSUPPORTED_FORMAT` for types that JSON cannot represent; `ENCODING_INVALID` for a string column that is not UTF-8.
 */
export function valueWriter(data: Data, options: ValueWriterOptions): ValueWriter {
  const write = validValueWriter(data, options)
  const { nullBitmap, offset } = data
  if (nullBitmap === undefined || nullBitmap === null || nullBitmap.length === 0 || data.nullCount === 0) return write
  return (text, index) => {
    const bit = offset + index
    if (((nullBitmap[bit >> 3] as number) >> (bit & 7)) & 1) write(text, index)
    else writeNull(text)
  }
}

function validValueWriter(data: Data, options: ValueWriterOptions): ValueWriter {
  const { type } = data
  if (DataType.isDictionary(type)) return dictionaryWriter(data, options)
  if (DataType.isStruct(type)) return structWriter(data, options)
  if (DataType.isMap(type)) return mapWriter(data, options)
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type))
    return listWriter(data, options)
  if (DataType.isUtf8(type))
    return options.isJson === true ? jsonTextWriter(data, options) : stringWriter(data, options)
  if (DataType.isFloat(type)) return floatWriter(data, options)
  return scalarWriter(data) ?? timeWriter(data, options.path) ?? unsupported(type, options)
}

function unsupported(type: DataType, { path }: ValueWriterOptions): never {
  throw new MillraceError('UNSUPPORTED_FORMAT', `JSON cannot hold a column of type ${type}; cast it to another`, {
    position: { column: path },
  })
}

/** Each dictionary entry is written once, then copied. */
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
  return objectWriter(data.type.children, data.children, options)
}

/** Writes row `index` of the columns as an object. Names are distinct. */
export function objectWriter(
  fields: readonly Field[],
  columns: readonly Data[],
  options: ValueWriterOptions,
): ValueWriter {
  const prefix = options.path === '' ? '' : `${options.path}.`
  const members = columns.map((column, place) => {
    const field = fields[place] as Field
    const { name } = field
    const key = Buffer.from(`${place === 0 ? '{' : ','}${JSON.stringify(name)}:`)
    return { key, write: valueWriter(column, { ...options, path: prefix + name, isJson: isJsonField(field) }) }
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
  const isJson = isJsonField(type.children[0] as Field)
  const write = valueWriter(children[0] as Data, { ...options, path: `${options.path}.item`, isJson })
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

/** A map becomes an object; keys that are not strings are quoted. Readers would lose a repeated key, so it is rejected. */
function mapWriter(data: Data, options: ValueWriterOptions): ValueWriter {
  const { valueOffsets, children } = data
  const [keys, values] = (children[0] as Data).children as [Data, Data]
  if (!DataType.isUtf8(keys.type) && !DataType.isInt(keys.type) && !DataType.isDate(keys.type))
    unsupported(data.type, options)
  const writeKey = valueWriter(keys, { ...options, path: `${options.path}.key`, isJson: false })
  const writeValue = valueWriter(values, { ...options, path: `${options.path}.value`, isJson: false })
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
        throw new MillraceError('TYPE_MISMATCH', 'a map repeats a key, which a JSON object must not', {
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
