import { DataType, type Field, type RecordBatch } from 'apache-arrow'
import { MillraceError } from '../../../errors.ts'
import { isWellFormed } from '../../../internal/well-formed.ts'
import { type JsonText, newJsonText, writeAscii } from './json-text.ts'
import { objectWriter } from './value-writer.ts'

/** One array of objects, one per line, or only the lines. */
export type WriteForm = 'array' | 'lines'

const CHUNK_BYTES = 256 * 1024

/** Converts batches to chunks of JSON text. */
export interface JsonWriter {
  /** The text of a batch's rows, in chunks of about 256 KiB. */
  write(batch: RecordBatch): Iterable<Uint8Array>
  /** The rest of the text. */
  end(): Uint8Array
}

export function jsonWriter(form: WriteForm, nonFinite: 'error' | 'null'): JsonWriter {
  const text = newJsonText()
  return {
    *write(batch) {
      refuseRepeatedNames(batch.schema.fields, '')
      const writeRow = objectWriter(batch.schema.fields, batch.data.children, { path: '', nonFinite })
      for (let index = 0; index < batch.numRows; index++) {
        if (form === 'array') writeAscii(text, text.row === 0 ? '[\n' : ',\n')
        text.row++
        writeRow(text, index)
        if (form === 'lines') writeAscii(text, '\n')
        if (text.at >= CHUNK_BYTES) yield movedText(text)
      }
    },
    end() {
      if (form === 'array') writeAscii(text, text.row === 0 ? '[]\n' : '\n]\n')
      return movedText(text)
    },
  }
}

function movedText(text: JsonText): Uint8Array {
  const chunk = text.bytes.slice(0, text.at)
  text.at = 0
  return chunk
}

/** Reject columns with the same name: readers keep only one of two equal keys in an object. */
function refuseRepeatedNames(fields: readonly Field[], parent: string): void {
  const names = new Set<string>()
  for (const { name, type } of fields) {
    const path = parent === '' ? name : `${parent}.${name}`
    if (names.has(name)) {
      throw new MillraceError(
        'COLUMN_CONFLICT',
        'two columns have the same name, which JSON keys must not; rename one',
        {
          position: { column: path },
        },
      )
    }
    names.add(name)
    if (!isWellFormed(name)) {
      throw new MillraceError('ENCODING_INVALID', 'a column name contains a lone surrogate')
    }
    if (DataType.isDictionary(type)) refuseRepeatedNames(type.dictionary.children ?? [], path)
    else refuseRepeatedNames(type.children ?? [], path)
  }
}
