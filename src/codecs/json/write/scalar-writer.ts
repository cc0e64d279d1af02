import { type Data, DataType, Precision, Vector } from 'apache-arrow'
import { MillraceError } from '../../../errors.ts'
import { base64Text } from '../../../internal/base64.ts'
import { decimalText, wordsToBigInt } from '../../../internal/decimal.ts'
import { float64Text } from '../../../internal/float64.ts'
import { isValidUtf8 } from '../../../internal/utf8.ts'
import { type JsonText, writeAscii, writeString } from './json-text.ts'
import { halvesOf, int64Writer, type ValueWriter } from './time-writer.ts'

export interface ValueWriterOptions {
  /** The column's name, with dots between nested ones. */
  readonly path: string
  readonly nonFinite: 'error' | 'null'
  /** True for text marked as JSON: it is written as JSON, not as a string. */
  readonly isJson?: boolean
}

export function writeNull(text: JsonText): void {
  writeAscii(text, 'null')
}

export function scalarWriter(data: Data): ValueWriter | undefined {
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
  writeAscii(text, `"${base64Text(bytes)}"`)
}

export function floatWriter(data: Data, { path, nonFinite }: ValueWriterOptions): ValueWriter {
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
        "JSON cannot represent NaN and infinities; write null with nonFinite: 'null', or replace them first",
        { position: { row: text.row, column: path } },
      )
    }
  }
}

/** Format a 32- or 16-bit float as a short decimal that reads back as it; integers keep all digits, which readers treat as exact. */
function shortFloatText(value: number): string {
  for (let digits = 6; digits <= 9 && value !== 0; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value && !Number.isInteger(short)) return float64Text(short)
  }
  return float64Text(value)
}

export function stringWriter(data: Data, { path }: ValueWriterOptions): ValueWriter {
  const values: Uint8Array = data.values
  const offsets: Int32Array = data.valueOffsets
  if (data.length > 0 && !isValidUtf8(values, offsets[0], offsets[data.length])) {
    throw new MillraceError('ENCODING_INVALID', 'a string column holds bytes that are not UTF-8', {
      position: { column: path },
    })
  }
  return (text, index) => writeString(text, values, offsets[index] as number, offsets[index + 1] as number)
}
