import { type RecordBatch, Table } from 'apache-arrow'
import { MillraceError } from '../../errors.ts'
import type { CodecInput } from '../codec.ts'
import type { InvalidRow } from '../invalid-row.ts'
import { chunksOf, isByteSource } from '../source.ts'
import { batchBuilder, MAX_BATCH_BYTES, MAX_BATCH_ROWS, TypesTooNarrow } from './batch-builder.ts'
import { columnNames } from './column-names.ts'
import { type CsvSettings, isPlainDialect } from './csv-options.ts'
import { dialectReader } from './dialect-reader.ts'
import { nullMarker } from './null-tokens.ts'
import { removeRows, wronglyEncodedRows } from './refused-rows.ts'
import { tooManyColumns } from './row-block.ts'
import type { RowReader } from './row-reader.ts'
import { rowScanner } from './row-scanner.ts'
import { type TablePlan, type TypeSurvey, typeSurvey } from './table-plan.ts'
import { type Utf8Input, utf8Input } from './utf8-input.ts'

/** Bytes held while the types of a stream are inferred, where it could be read again instead. */
const MAX_HELD_BYTES = 16 * 1024 * 1024
/** Rows that a whole table's types are first inferred from; they are inferred anew from all rows should those not fit. */
const SAMPLE_ROWS = 2_000
const PIECE_BYTES = 256 * 1024

/** Read a stream: infer from its first rows, which are held or read again, then build batches. */
export async function* readCsv(input: CodecInput, settings: CsvSettings): AsyncGenerator<RecordBatch> {
  const canReadAgain = input instanceof Uint8Array || isByteSource(input)
  if (settings.inferRows === Number.POSITIVE_INFINITY && !canReadAgain) {
    throw new MillraceError(
      'OPTION_INVALID',
      'inferRows: Infinity needs a source that can be read twice, not a bare stream',
    )
  }
  const chunks = piecesOf(input)
  let held: Uint8Array[] | undefined = []
  let heldBytes = 0
  try {
    const survey = surveyRun(settings, settings.inferRows)
    let plan: TablePlan | undefined
    while (plan === undefined) {
      const { value: chunk, done } = await chunks.next()
      if (done !== true) {
        // Its source may use its memory again.
        held?.push(canReadAgain ? chunk.slice() : chunk)
        heldBytes += chunk.length
        if (canReadAgain && heldBytes > MAX_HELD_BYTES) held = undefined
      }
      plan = survey(done === true ? undefined : chunk)
    }
    const run = buildRun(plan, settings, 'refuse', settings.onInvalidRow)
    for (const chunk of held ?? []) yield* run(chunk)
    if (held !== undefined) {
      held = undefined
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield* run(next.value)
    } else for await (const chunk of piecesOf(input)) yield* run(chunk)
    yield* run(undefined)
  } finally {
    await chunks.return()
  }
}

/** Read a whole table, its types inferred from all of its values. */
export function readCsvTable(bytes: Uint8Array, settings: CsvSettings): Table {
  // Refused rows are told of only once it is clear that the types need not be inferred anew.
  const refused: InvalidRow[] = []
  const onInvalidRow = settings.onInvalidRow && ((row: InvalidRow) => void refused.push(row))
  let batches: RecordBatch[]
  try {
    batches = tableBatches(bytes, settings, SAMPLE_ROWS, onInvalidRow)
  } catch (error) {
    if (!(error instanceof TypesTooNarrow)) throw error
    refused.length = 0
    batches = tableBatches(bytes, settings, Number.POSITIVE_INFINITY, onInvalidRow)
  }
  for (const row of refused) settings.onInvalidRow?.(row)
  return new Table(batches)
}

function tableBatches(
  bytes: Uint8Array,
  settings: CsvSettings,
  inferRows: number,
  onInvalidRow: CsvSettings['onInvalidRow'],
): RecordBatch[] {
  const survey = surveyRun(settings, inferRows)
  let plan: TablePlan | undefined
  for (const chunk of pieces(bytes)) {
    plan = survey(chunk)
    if (plan !== undefined) break
  }
  plan ??= survey(undefined)
  if (plan === undefined) throw emptyFile()
  const run = buildRun(plan, settings, inferRows === SAMPLE_ROWS ? 'anew' : 'refuse', onInvalidRow)
  const batches: RecordBatch[] = []
  for (const chunk of pieces(bytes)) batches.push(...run(chunk))
  batches.push(...run(undefined))
  return batches
}

/** The bytes of an input in pieces, whatever the chunks that it comes in. */
async function* piecesOf(input: CodecInput): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunksOf(input, { reuse: true })) yield* pieces(chunk)
}

/** Bytes in pieces that stay in the processor's cache while they are read. */
function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}

function rowReader(settings: CsvSettings): RowReader {
  return isPlainDialect(settings) ? rowScanner(settings) : dialectReader(settings)
}

/** Give it chunks, and undefined at the end, until it gives the plan. */
function surveyRun(settings: CsvSettings, inferRows: number): (chunk: Uint8Array | undefined) => TablePlan | undefined {
  const input = utf8Input(settings.encoding)
  const reader = rowReader(settings)
  const markNulls = nullMarker(settings.nullValues)
  let survey: TypeSurvey | undefined
  let rows = 0
  return (chunk) => {
    pushTo(reader, input, chunk)
    const names = survey === undefined ? startTable(reader, settings, chunk === undefined) : undefined
    if (names !== undefined) survey = typeSurvey(names, settings)
    if (survey === undefined) return undefined
    while (survey.isOpen && rows < inferRows) {
      const block = reader.next(inferRows - rows, Number.POSITIVE_INFINITY)
      if (block === undefined) return chunk === undefined ? survey.plan() : undefined
      rows += block.rows
      removeRows(block, wronglyEncodedRows(block, survey.names, settings.encoding))
      markNulls?.(block)
      survey.take(block)
    }
    return survey.plan()
  }
}

/** Give it chunks, and undefined at the end; it gives the batches that are full, and at the end the last one. */
function buildRun(
  plan: TablePlan,
  settings: CsvSettings,
  onMisfit: 'refuse' | 'anew',
  onInvalidRow: CsvSettings['onInvalidRow'],
): (chunk: Uint8Array | undefined) => Generator<RecordBatch> {
  const input = utf8Input(settings.encoding)
  const reader = rowReader(settings)
  const builder = batchBuilder(plan, settings, onMisfit, onInvalidRow)
  let isStarted = false
  let batchBytes = 0
  let batches = 0
  let seenRows = 0
  const isFull = () => builder.rows >= MAX_BATCH_ROWS || batchBytes >= MAX_BATCH_BYTES

  return function* (chunk) {
    pushTo(reader, input, chunk)
    isStarted ||= startTable(reader, settings, chunk === undefined) !== undefined
    if (!isStarted) return
    for (;;) {
      const taken = builder.takeFrom(reader, MAX_BATCH_ROWS - builder.rows, MAX_BATCH_BYTES - batchBytes)
      if (taken !== undefined) {
        seenRows += taken.rows
        batchBytes += taken.bytes
      }
      if (!isFull()) {
        const block = reader.next(MAX_BATCH_ROWS - builder.rows, MAX_BATCH_BYTES - batchBytes)
        if (block === undefined) break
        seenRows += block.rows + block.faults.length
        batchBytes += block.end - block.start
        builder.add(block)
      }
      if (!isFull()) continue
      batchBytes = 0
      batches++
      yield builder.finish()
    }
    if (chunk !== undefined) return
    if (seenRows === 0 && Array.isArray(settings.header)) throw emptyFile()
    if (builder.rows > 0 || batches === 0) yield builder.finish()
  }
}

function pushTo(reader: RowReader, input: Utf8Input, chunk: Uint8Array | undefined): void {
  const bytes = input(chunk)
  if (bytes !== undefined && bytes.length > 0) reader.push(bytes)
  if (chunk === undefined) reader.push(undefined)
}

/** Fix the columns by the header; undefined while its row is not whole. */
function startTable(reader: RowReader, settings: CsvSettings, isLast: boolean): string[] | undefined {
  const { header, maxColumns } = settings
  if (typeof header !== 'boolean') {
    if (header.length > maxColumns) throw tooManyColumns(maxColumns, 1)
    reader.start(header.length, false)
    return columnNames(header)
  }
  const first = reader.first()
  if (first === undefined) {
    if (isLast) throw emptyFile()
    return undefined
  }
  reader.start(first.fields.length, !header)
  return columnNames(header ? first.fields : first.fields.map(() => ''))
}

function emptyFile(): MillraceError {
  return new MillraceError('CSV_INVALID', 'the file holds no row, not even a header', { position: { line: 1 } })
}
