import type { RecordBatch } from 'apache-arrow'
import type { Codec, CodecInput, InvalidRow } from '../codecs/index.ts'
import type { RefusedRows } from './refused-rows.ts'
import { typeText } from './type-text.ts'

/** A column of a file. */
export interface SurveyedColumn {
  readonly name: string
  type: string
  nulls: number
  /** Its first texts, for a column of text. */
  readonly sample: string[]
}

/** A completely read file. */
export interface Survey {
  readonly columns: readonly SurveyedColumn[]
  readonly rows: number
  readonly refused: RefusedRows
}

/** Most texts of a column, and of all columns, which bounds a file of 10,000 columns. */
const SAMPLE_TEXTS = 1000
const ALL_TEXTS = 100_000
/** Most characters of all texts. A column always has one text. */
const ALL_CHARACTERS = 8 * 1024 * 1024

/**
 * Read a file to its end and summarize it. Holds a batch and the first texts of each column.
 *
 * @param codecOf - creates the codec, which reports rejected rows.
 */
export async function survey(
  codecOf: (onInvalidRow: (row: InvalidRow) => void) => Codec,
  source: CodecInput,
  refused: RefusedRows,
): Promise<Survey> {
  let columns: readonly SurveyedColumn[] | undefined
  let rows = 0
  for await (const batch of codecOf(refused.add).read(source)) {
    columns ??= batch.schema.fields.map((field) => ({ name: field.name, type: typeText(field), nulls: 0, sample: [] }))
    rows += batch.numRows
    for (const [index, column] of columns.entries()) {
      const nulls = batch.data.children[index]?.nullCount ?? 0
      column.nulls += nulls
      if (column.type === 'string' && nulls < batch.numRows) addTexts(batch, index, column.sample)
    }
  }
  return { columns: columns ?? [], rows, refused }
}

/** Add the texts of a column to a sample until that is full. */
function addTexts(batch: RecordBatch, index: number, sample: string[]): void {
  const columns = batch.schema.fields.length
  const most = Math.min(SAMPLE_TEXTS, Math.ceil(ALL_TEXTS / columns))
  if (sample.length >= most) return
  const values = batch.getChildAt(index)
  let characters = sample.reduce((sum, text) => sum + text.length, 0)
  for (let row = 0; row < batch.numRows && sample.length < most; row++) {
    if (sample.length > 0 && characters >= ALL_CHARACTERS / columns) return
    const value: unknown = values?.get(row)
    if (typeof value !== 'string') continue
    sample.push(value)
    characters += value.length
  }
}
