import type { RecordBatch } from 'apache-arrow'
import { type Conversion, planConversion } from './conversion.ts'
import { counted, openInput, rereadable } from './input.ts'
import { refusedLine } from './inspect-text.ts'
import { type Io, put, putNote } from './io.ts'
import { openOutput } from './output.ts'
import type { CommandWords } from './parse-command.ts'
import { progressBar } from './progress.ts'
import { refuseSameFile } from './same-file.ts'
import { bytesText, plural } from './text.ts'
import { usageError } from './usage-error.ts'

/** Sizes of a completed conversion. */
interface Sizes {
  readonly rows: number
  readonly bytesIn: number
  readonly bytesOut: number
}

/**
 * Run `millrace convert IN OUT`: bytes to record batches to bytes, a few batches in memory.
 *
 * @returns the exit code: 1 if rows were skipped, otherwise 0.
 */
export async function convert(words: CommandWords, io: Io): Promise<number> {
  const conversion = planConversion(words)
  const sizes = await runConversion(conversion, words, io)
  if (words.given.has('json')) await putJson(conversion, sizes, io)
  else await putNotes(conversion, sizes, io)
  return conversion.refused.count > 0 ? 1 : 0
}

async function runConversion(conversion: Conversion, words: CommandWords, io: Io): Promise<Sizes> {
  const { from, to, formats, reader, writer, isReadAgain } = conversion
  if (to === '-' && formats.to === 'parquet' && io.stdout.isTTY === true) {
    throw usageError('Parquet is binary, and stdout is a terminal: redirect it')
  }
  await refuseSameFile(from, to, io)
  const sink = await openOutput(to, words.given.has('force'), io)
  const opened = await openInput(from, io)
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
  return { rows, bytesIn: input.bytes ?? bytesIn, bytesOut }
}

/** The outcome as one JSON object: on stderr if stdout has the file. */
async function putJson({ from, to, formats, refused }: Conversion, sizes: Sizes, io: Io): Promise<void> {
  const { count, byCode, first } = refused
  const outcome = { in: from, out: to, ...formats, ...sizes, refused: { count, byCode, rows: first } }
  await put(to === '-' ? io.stderr : io.stdout, `${JSON.stringify(outcome)}\n`)
}

async function putNotes({ refused }: Conversion, { rows, bytesOut }: Sizes, io: Io): Promise<void> {
  for (const row of refused.first) await putNote(io, refusedLine(row))
  if (refused.count > 0) await putNote(io, `${plural(refused.count, 'row')} skipped`)
  await putNote(io, `${plural(rows, 'row')}, ${bytesText(bytesOut)}`)
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
