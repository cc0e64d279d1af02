import { DataType, type RecordBatch, type Schema, type Table } from 'apache-arrow'
import { MillraceError } from '../../../errors.ts'
import type { Stage } from '../../../internal/stage.ts'
import { encodeUtf8 } from '../../../internal/utf8.ts'
import type { CsvDialect, CsvSettings } from '../csv-options.ts'
import { type CellText, newCellText } from './cell-text.ts'
import { valueCells } from './cell-writers.ts'
import { type QuotingRules, quotingRules } from './quoting.ts'
import { joinCells, type RowLayout } from './row-layout.ts'

/** Rows, and cells of a wide table, whose text is produced together: it stays in the processor's cache until it is assembled. */
const BLOCK_ROWS = 1024
const BLOCK_CELLS = 64 * 1024

/** The stage that writes batches as CSV text. */
export function writeCsv(settings: CsvSettings): Stage<RecordBatch, Uint8Array> {
  return async function* (batches) {
    let writer: CsvWriter | undefined
    for await (const batch of batches) {
      if (writer === undefined) {
        writer = csvWriter(batch.schema, settings)
        yield writer.header
      }
      yield* writer.rows(batch)
    }
  }
}

export function writeCsvTable(table: Table, settings: CsvSettings): Uint8Array {
  const writer = csvWriter(table.schema, settings)
  const chunks = [writer.header]
  for (const batch of table.batches) chunks.push(...writer.rows(batch))
  const text = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    text.set(chunk, at)
    at += chunk.length
  }
  return text
}

/** Turns batches of one schema into chunks of text. */
interface CsvWriter {
  readonly header: Uint8Array
  /** A batch's rows, in chunks of some hundred kilobytes. */
  rows(batch: RecordBatch): Generator<Uint8Array>
}

function csvWriter(schema: Schema, settings: CsvSettings): CsvWriter {
  const names = schema.fields.map(({ name }) => name)
  if (names.length === 0) throw new MillraceError('TYPE_MISMATCH', 'a table without columns cannot be written as CSV')
  const {
    layout: { dialect, header },
    typing: { nullValues },
  } = settings
  const quoting = quotingRules(dialect, nullValues, names.length === 1)
  const layout: RowLayout = {
    delimiter: Buffer.from(dialect.delimiter),
    eol: Buffer.from(settings.eol),
    nullToken: nullTokenOf(
      dialect,
      nullValues,
      names.length > 1 && !(header === false && dialect.ignoresTrailingDelimiter),
    ),
  }
  const blockRows = Math.max(1, Math.min(BLOCK_ROWS, Math.floor(BLOCK_CELLS / names.length)))
  const texts = names.map(() => newCellText(blockRows))
  let written = 0

  return {
    header: header === true ? joinCells(headerCells(names, quoting), 1, layout, refuseNull) : new Uint8Array(0),
    *rows(batch) {
      if (
        batch.schema.fields.length !== names.length ||
        batch.schema.fields.some(({ name }, at) => name !== names[at])
      ) {
        throw new MillraceError(
          'COLUMN_CONFLICT',
          'the columns of the batch differ from those of the first one, whose names are the header',
        )
      }
      const writers = batch.data.children.map((data, column) => valueCells(names[column] ?? '', data))
      for (let from = 0; from < batch.numRows; from += blockRows) {
        const count = Math.min(blockRows, batch.numRows - from)
        const row = written + from + 1
        for (const [column, cells] of texts.entries()) {
          writers[column]?.(cells, from, count)
          const quote = isText(batch.data.children[column]?.type) ? quoting.strings : quoting.others
          quote?.(cells, count, names[column] ?? '', row, header !== true && row === 1)
        }
        yield joinCells(texts, count, layout, (column, index) => refuseNull(column, row + index))
      }
      written += batch.numRows
    },
  }

  function refuseNull(column: number, row: number): never {
    const message =
      'a null cannot be written here: add a text for it to nullValues, a non-empty one for a single column'
    throw new MillraceError('TYPE_MISMATCH', message, { position: { column: names[column] ?? '', row } })
  }
}

/** The text of a null; never empty where that would be a blank line, or a last field of the first row that is ignored. */
function nullTokenOf(
  { quote, delimiter, comment }: CsvDialect,
  nullValues: readonly string[],
  mayBeEmpty: boolean,
): Uint8Array | undefined {
  const marks = ['\n', '\r', delimiter, quote, comment].filter((mark) => typeof mark === 'string')
  const token = nullValues.find((text) => (mayBeEmpty || text !== '') && !marks.some((mark) => text.includes(mark)))
  return token === undefined ? undefined : Buffer.from(token)
}

function headerCells(names: readonly string[], quoting: QuotingRules): CellText[] {
  return names.map((name) => {
    const bytes = encodeUtf8(name)
    if (bytes === undefined) {
      throw new MillraceError('TYPE_MISMATCH', 'a column name is not well-formed Unicode, so it has no UTF-8 form')
    }
    const cells = newCellText(1)
    cells.bytes = bytes
    cells.ends[0] = bytes.length
    quoting.strings(cells, 1, name, 1, true)
    return cells
  })
}

function isText(type: DataType | undefined): boolean {
  if (type === undefined) return false
  if (DataType.isDictionary(type)) return isText(type.dictionary)
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type)
}
