import type { Field, RecordBatch } from 'apache-arrow'
import { schemaFields } from '../../../columns/column-type.ts'
import { isMillraceError, MillraceError } from '../../../errors.ts'
import type { InvalidRow } from '../../invalid-row.ts'
import { inferredField } from '../../text/inferred-type.ts'
import type { TypedReader } from '../../text/settle-types.ts'
import type { CsvLayout, CsvSettings } from '../csv-options.ts'
import { columnSurvey, type TablePlan } from './columns/column-plan.ts'
import { csvBatches } from './csv-batches.ts'
import { dataRows } from './rows/data-rows.ts'
import { FAULT } from './rows/row-index.ts'
import { type RowIndexer, rowIndexer } from './rows/row-indexer.ts'

/** Columns and first rows of a file, read from its first bytes. */
export interface CsvHead {
  readonly names: readonly string[]
  /** The delimiter of the options, or the one that the file itself names. */
  readonly delimiter: string
  /** The bytes from the first data row on, in UTF-8. */
  readonly rows: Uint8Array
  /** Offset of the first data row, for files in UTF-8. */
  readonly rowsAt: number
}

/** Read a file's head; undefined if its header is incomplete. @param isWhole - whether these are all the bytes of the file. */
export function csvHead(bytes: Uint8Array, isWhole: boolean, { layout }: CsvSettings): CsvHead | undefined {
  const source = dataRows(layout)
  const early = source.push(bytes)
  const table = early ?? (isWhole ? source.push(undefined) : undefined)
  const unread = table?.rows.unread()
  if (table === undefined || unread === undefined) return undefined
  const rows = unread.bytes.slice(unread.start, unread.end)
  // At the end, the last line is ended by an added line feed.
  const length = early === undefined ? bytes.length + 1 : bytes.length
  return { names: table.names, delimiter: table.dialect.delimiter, rows, rowsAt: Math.max(0, length - rows.length) }
}

/** An indexer of the rows of a part that begins with a data row, for a file of `width` columns. */
export function csvPartRows(settings: CsvSettings, width: number): RowIndexer {
  const rows = rowIndexer(settings.layout, 1)
  rows.start(width, false)
  return rows
}

/** A survey of a file in pieces. */
export interface CsvRowSurvey {
  /** Survey a piece of whole rows. */
  add(bytes: Uint8Array): void
  /** True once a piece had a row, valid or not. */
  readonly hasRows: boolean
  /** The flags of the values seen in each column, null if its type is pinned. */
  flags(): (number | null)[]
}

/** Start a survey of a file in pieces, none of which is held. @throws MillraceError `COLUMN_UNKNOWN`. */
export function csvRowSurvey(names: readonly string[], settings: CsvSettings): CsvRowSurvey {
  const survey = columnSurvey(names, settings.typing)
  let hasRows = false
  return {
    get hasRows() {
      return hasRows
    },
    add(bytes) {
      if (hasRows && !survey.isOpen) return
      const rows = csvPartRows(settings, names.length)
      rows.push(bytes)
      rows.push(undefined)
      for (;;) {
        const block = rows.next(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
        if (block === undefined) return
        hasRows ||= block.rows + block.faults.length > 0
        survey.add(block)
      }
    },
    flags() {
      const { seen, isInferred } = survey.plan()
      return seen.map((flags, column) => (isInferred[column] ? flags : null))
    },
  }
}

/** A part of a file, and the types of its columns. */
export interface CsvPart {
  readonly names: readonly string[]
  /** Flags of the values that inference saw in each column, null if the options pin its type. */
  readonly inference: readonly (number | null)[]
  /** True for the part that begins with the file. */
  readonly isFirst: boolean
  /** True for the part that ends with the file. */
  readonly isLast: boolean
  /** Bytes of the part, if known. */
  readonly bytes: number | undefined
}

/** The columns of a part. */
export function csvPartFields({ names, inference }: CsvPart, { typing }: CsvSettings): Field[] {
  const pinned = schemaFields(typing.schema)
  return names.map((name, column) => {
    const flags = inference[column]
    if (typeof flags === 'number') return inferredField(name, flags)
    const field = pinned.get(name)
    if (field !== undefined) return field
    throw new MillraceError(
      'OPTION_INVALID',
      'the column was pinned when splits were planned; pass the same schema again',
      {
        position: { column: name },
      },
    )
  })
}

/**
 * The reader of a part of a file whose types are known.
 *
 * @throws MillraceError `SPLIT_MISMATCH` if a part other than the last ends inside quotes, even with `onInvalidRow`; otherwise as for a file.
 */
export function csvPartReader(part: CsvPart, settings: CsvSettings): TypedReader {
  const { layout, typing } = settings
  const fields = csvPartFields(part, settings)
  const isInferred = part.inference.map((flags) => flags !== null)
  const plan: TablePlan = {
    names: part.names,
    fields,
    isInferred,
    isUndecided: isInferred.map(() => false),
    seen: part.inference.map((flags) => flags ?? 0),
  }
  const rowsLayout: CsvLayout = part.isFirst
    ? { ...layout, ...(!part.isLast && { part: 'first' }) }
    : { ...layout, header: part.names, skipLines: 0, part: 'later' }
  const { onInvalidRow } = settings
  const report = (row: InvalidRow): void => {
    if (!part.isLast && row.reason === FAULT.unclosedQuote) throw endsInQuotes()
    onInvalidRow?.(row)
  }
  const reader = csvBatches(plan, rowsLayout, typing, 0, onInvalidRow && report, part.bytes)
  return {
    isSure: true,
    *push(bytes): Generator<RecordBatch> {
      try {
        yield* reader.push(bytes)
      } catch (error) {
        const isOpen = isMillraceError(error, 'CSV_INVALID') && error.message.startsWith(FAULT.unclosedQuote)
        throw isOpen && !part.isLast ? endsInQuotes() : error
      }
    },
  }
}

function endsInQuotes(): MillraceError {
  return new MillraceError('SPLIT_MISMATCH', 'the split ends inside quotes: its end was guessed wrong')
}
