import { type RecordBatch, Table } from 'apache-arrow'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csv } from '../../../src/codecs/csv/csv.ts'
import { ndjson } from '../../../src/codecs/json/json.ts'
import { rowsFromTable } from '../../../src/columns/rows-from-table.ts'
import { isMillraceError } from '../../../src/errors.ts'
import { law } from '../../support/law.ts'

/** Ways in which a stream ends: read to its end; a source that fails, a broken row, or a source that never sends more, in its midst. */
const ENDINGS = ['read', 'read', 'sourceFails', 'brokenRow', 'hangs'] as const

interface Stream {
  readonly format: 'csv' | 'ndjson'
  readonly name: string
  readonly rows: number
  readonly chunkBytes: number
  readonly ending: (typeof ENDINGS)[number]
}

const stream: fc.Arbitrary<Stream> = fc.record({
  format: fc.constantFrom('csv', 'ndjson'),
  name: fc.stringMatching(/^[a-z]{1,20}$/),
  rows: fc.integer({ min: 100, max: 900 }),
  chunkBytes: fc.integer({ min: 2000, max: 12_000 }),
  ending: fc.constantFrom(...ENDINGS),
})

/** Values that only this stream has. */
function rowsOf({ name, rows }: Stream, number: number): { id: number; name: string; more: number | null }[] {
  return Array.from({ length: rows }, (_, row) => ({
    id: number * 1000 + row,
    name: `${name} ${number} ${row}`,
    more: row % 7 === number % 7 ? null : row / 4 + number,
  }))
}

function textOf({ format, ending, rows, ...others }: Stream, number: number): string {
  const all = rowsOf({ format, ending, rows, ...others }, number)
  const lines =
    format === 'csv'
      ? ['id,name,more', ...all.map(({ id, name, more }) => `${id},${id % 5 === 0 ? `"${name}"` : name},${more ?? ''}`)]
      : all.map((row) => JSON.stringify(row))
  if (ending === 'brokenRow') lines.splice(Math.floor(rows / 2), 0, format === 'csv' ? '1,"x"y,2' : '{"id":')
  return `${lines.join('\n')}\n`
}

const schema = { id: 'float64', name: 'string', more: 'float64' } as const

function read(given: Stream, number: number, pause: () => Promise<unknown>): AsyncIterable<RecordBatch> {
  const codec = given.format === 'csv' ? csv({ schema }) : ndjson({ schema })
  const bytes = Buffer.from(textOf(given, number))
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += given.chunkBytes) {
      await pause()
      const isLast = at + given.chunkBytes >= bytes.length
      if (isLast && given.ending === 'sourceFails') throw new Error('the source failed')
      if (isLast && given.ending === 'hangs') await new Promise(() => {})
      yield bytes.slice(at, at + given.chunkBytes)
    }
  }
  return codec.read(chunks())
}

/** What became of a stream: its batches, or the error that ended it. */
async function outcomeOf(batches: AsyncIterable<RecordBatch>): Promise<RecordBatch[] | string> {
  try {
    const found: RecordBatch[] = []
    for await (const batch of batches) found.push(batch)
    return found
  } catch (error) {
    return isMillraceError(error) ? error.code : String(error)
  }
}

law(
  'streams: any number of concurrent streams each return their own rows, in any order of chunks, however the others end',
  fc.asyncProperty(fc.array(stream, { minLength: 2, maxLength: 8 }), fc.scheduler(), async (streams, scheduler) => {
    const open = streams.map((given, number) => {
      const outcome = outcomeOf(read(given, number, () => scheduler.schedule(Promise.resolve())))
      return given.ending === 'hangs' ? undefined : outcome
    })
    const outcomes = await scheduler.waitFor(Promise.all(open))
    // Compared after all have ended: no later stream may write into batches of an earlier one.
    for (const [number, given] of streams.entries()) {
      const outcome = outcomes[number]
      if (given.ending === 'sourceFails') expect(outcome).toBe('Error: the source failed')
      if (given.ending === 'brokenRow') expect(outcome).toBe(given.format === 'csv' ? 'CSV_INVALID' : 'JSON_INVALID')
      if (given.ending !== 'read') continue
      expect([...rowsFromTable(new Table(outcome as RecordBatch[]))]).toEqual(rowsOf(given, number))
    }
  }),
  { runs: 60 },
)

test('a hundred concurrent streams each return their own rows, also after abandoned streams, closed or not', async () => {
  const given = (number: number): Stream => ({
    format: number % 2 === 0 ? 'csv' : 'ndjson',
    name: 'x'.repeat(1 + (number % 9)),
    rows: 300 + number,
    chunkBytes: 5000,
    ending: 'read',
  })
  const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const left = { ...given(0), rows: 70_000, chunkBytes: 200_000 }
  for (const format of ['csv', 'ndjson'] as const) {
    const open = read({ ...left, format }, 1, pause)[Symbol.asyncIterator]()
    expect((await open.next()).value.numRows).toBeGreaterThan(1000)
    for await (const batch of read({ ...left, format }, 2, pause)) {
      expect(batch.numRows).toBeGreaterThan(1000)
      break
    }
  }
  const numbers = Array.from({ length: 100 }, (_, number) => number)
  const outcomes = await Promise.all(numbers.map((number) => outcomeOf(read(given(number), number, pause))))
  for (const number of numbers)
    expect([...rowsFromTable(new Table(outcomes[number] as RecordBatch[]))]).toEqual(rowsOf(given(number), number))
})
