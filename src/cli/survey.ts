import type { Field, RecordBatch } from 'apache-arrow'
import type { Codec, CodecInput, InvalidRow } from '../codecs/index.ts'
import type { RefusedRows } from './refused-rows.ts'
import { typeText } from './type-text.ts'

/** A column of a file. */
export interface SurveyedColumn {
  readonly name: string
  readonly type: string
  nulls: number
  /** Texts of its first rows, of a column of text. */
  readonly sample: readonly string[]
}

/** A file that was read to its end. */
export interface Survey {
  readonly columns: readonly SurveyedColumn[]
  readonly rows: number
  readonly refused: RefusedRows
}

const SAMPLE_ROWS = 1000

/**
 * Read a file to its end, for what is in it. Holds a batch and the first texts of each column.
 *
 * @param codecOf - makes the codec, which passes rejected rows on.
 */
export async function survey(
  codecOf: (onInvalidRow: (row: InvalidRow) => void) => Codec,
  source: CodecInput,
  refused: RefusedRows,
): Promise<Survey> {
  let columns: readonly SurveyedColumn[] | undefined
  let rows = 0
  for await (const batch of codecOf(refused.add).read(source)) {
    columns ??= batch.schema.fields.map((field, index) => columnOf(field, index, batch))
    rows += batch.numRows
    for (const [index, column] of columns.entries()) column.nulls += batch.data.children[index]?.nullCount ?? 0
  }
  return { columns: columns ?? [], rows, refused }
}

function columnOf(field: Field, index: number, batch: RecordBatch): SurveyedColumn {
  const type = typeText(field)
  return { name: field.name, type, nulls: 0, sample: type === 'string' ? sampleOf(batch, index) : [] }
}

function sampleOf(batch: RecordBatch, index: number): readonly string[] {
  const values = batch.getChildAt(index)
  const sample: string[] = []
  for (let row = 0; row < Math.min(batch.numRows, SAMPLE_ROWS); row++) {
    const value: unknown = values?.get(row)
    if (typeof value === 'string') sample.push(value)
  }
  return sample
}
