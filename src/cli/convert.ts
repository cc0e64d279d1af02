import type { RecordBatch } from 'apache-arrow'
import { checkFlagFormats, codecOptions } from './codec-options.ts'
import { CONVERT_FLAGS } from './convert-flags.ts'
import { codecOf, formatOf } from './format-of.ts'
import { counted, openInput, rereadable } from './input.ts'
import { refusedLine } from './inspect-text.ts'
import { type Io, put, putNote } from './io.ts'
import { openOutput } from './output.ts'
import type { CommandWords } from './parse-command.ts'
import { progressBar } from './progress.ts'
import { READ_FLAGS } from './read-flags.ts'
import { type RefusedRows, refusedRows, shownRows } from './refused-rows.ts'
import { refuseSameFile } from './same-file.ts'
import { bytesText, plural } from './text.ts'
import { usageError } from './usage-error.ts'
import { WRITE_FLAGS } from './write-flags.ts'

/** The outcome of `convert`; what `--json` prints. */
interface Conversion {
  readonly in: string
  readonly out: string
  readonly from: string
  readonly to: string
  readonly rows: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly refused: Pick<RefusedRows, 'count' | 'byCode'> & { readonly rows: RefusedRows['first'] }
}

/**
 * Run `millrace convert IN OUT`: bytes to record batches to bytes, a few batches in memory.
 *
 * @returns the exit code: 1 where rows were left out, else 0.
 */
export async function convert(words: CommandWords, io: Io): Promise<number> {
  const conversion = await convertFile(words, io)
  const { rows, refused, bytesOut, out } = conversion
  if (words.given.has('json')) {
    await put(out === '-' ? io.stderr : io.stdout, `${JSON.stringify(conversion)}\n`)
  } else {
    for (const row of refused.rows) await putNote(io, refusedLine(row))
    if (refused.count > 0) await putNote(io, `${plural(refused.count, 'row')} left out`)
    await putNote(io, `${plural(rows, 'row')}, ${bytesText(bytesOut)}`)
  }
  return refused.count > 0 ? 1 : 0
}

async function convertFile(words: CommandWords, io: Io): Promise<Conversion> {
  const [from, to, ...others] = words.positionals
  if (from === undefined || to === undefined || others.length > 0) {
    throw usageError('convert takes two files, IN and OUT; - is stdin or stdout')
  }
  const refused = refusedRows(shownRows(words))
  const reading = codecOptions(words, READ_FLAGS)
  const writing = codecOptions(words, WRITE_FLAGS)
  const isLenient = words.given.has('skip-invalid-rows')
  const key = from === '-' ? '' : from
  const reader = codecOf(key, isLenient ? { ...reading, onInvalidRow: refused.add } : reading, 'from')
  const writer = codecOf(to === '-' ? '' : to, writing, 'to')
  const formats = { from: formatOf(key, reader, reading), to: formatOf(to, writer, writing) }
  checkFlagFormats(words, { ...READ_FLAGS, ...CONVERT_FLAGS }, formats.from)
  checkFlagFormats(words, WRITE_FLAGS, formats.to)
  if (writing.compression === 'snappy' && formats.to !== 'parquet') {
    throw usageError('--to-compression snappy is for parquet alone')
  }
  if (to === '-' && formats.to === 'parquet' && io.stdout.isTTY === true) {
    throw usageError('Parquet is binary, and stdout is a terminal: redirect it')
  }
  await refuseSameFile(from, to, io)
  const sink = await openOutput(to, words.given.has('force'), io)
  const opened = await openInput(from, io)
  const isReadAgain = formats.from === 'parquet' || reading.inferRows === Number.POSITIVE_INFINITY
  const input = isReadAgain ? await rereadable(opened, io) : opened
  let [rows, bytesIn] = [0, 0]
  const bar = progressBar(io, words, input.bytes)
  const source = counted(input, (bytes) => {
    bytesIn += bytes
    bar.add(bytes)
  })
  const batches = countedRows(reader.read(source), (count) => {
    rows += count
  })
  const bytesOut = await sink(writer.write()(batches)).finally(bar.end)
  const { count, byCode, first } = refused
  return {
    in: from,
    out: to,
    ...formats,
    rows,
    bytesIn: input.bytes ?? bytesIn,
    bytesOut,
    refused: { count, byCode, rows: first },
  }
}

async function* countedRows(
  batches: AsyncIterable<RecordBatch>,
  onRows: (rows: number) => void,
): AsyncGenerator<RecordBatch> {
  for await (const batch of batches) {
    onRows(batch.numRows)
    yield batch
  }
}
