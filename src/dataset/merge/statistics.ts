import type { SchemaElement } from '../../codecs/parquet/read/footer/file-metadata.ts'
import { type RawField, rawStruct } from '../../codecs/parquet/read/footer/raw-thrift.ts'
import { appendStruct, type WrittenField } from '../../codecs/parquet/write/append-thrift.ts'

const SIGNED: ReadonlySet<SchemaElement['type']> = new Set(['BOOLEAN', 'INT32', 'INT64', 'FLOAT', 'DOUBLE'])
/** The format's first maximum and minimum, whose order is undefined. */
const DEPRECATED = [1, 2]
/** Maximum and minimum in the column's order, and whether they are exact. */
const ORDERED = [5, 6, 7, 8]

/**
 * The statistics of a column chunk for the merged file, without bounds that would be misread there. Readers trust the
 * deprecated pair of byte strings and unsigned numbers depending on the writer's name, and the other pair depends on
 * the file's order of the column.
 */
export function movedStatistics(field: RawField, element: SchemaElement | undefined, isOrdered: boolean): WrittenField {
  const isUnsigned = element?.logical?.kind === 'integer' && !element.logical.signed
  const isSigned = SIGNED.has(element?.type) && !isUnsigned
  const dropped = [...(isSigned ? [] : DEPRECATED), ...(isOrdered ? [] : ORDERED)]
  const fields = [...rawStruct(field.value).values()].filter(({ id }) => !dropped.includes(id))
  return { ...field, value: (sink) => appendStruct(sink, fields) }
}
