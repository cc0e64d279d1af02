import type { RecordBatch } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import type { CodecInput } from '../../../src/codecs/codec.ts'
import { bytesSource } from '../../../src/codecs/input/source.ts'
import type { InvalidRow } from '../../../src/codecs/invalid-row.ts'
import { readTyped, readTypedTable, type TypedFormat, TypesTooNarrow } from '../../../src/codecs/text/settle-types.ts'
import { tableFromRows } from '../../../src/columns/table-from-rows.ts'
import { isMillraceError, MillraceError, type Position } from '../../../src/errors.ts'

/** A row that is rejected. */
const BAD = 255
/** A row at which a survey fails, and which a reader passes over. */
const LIMIT = 254

interface ByteFormatOptions {
  readonly batchRows?: number
  /** Rows after which a survey has enough values for a first try. */
  readonly shortAfter?: number
  readonly rejects?: boolean
  readonly positionOf?: (row: number) => Position
  /** The error of the row `LIMIT`. */
  readonly limit?: (position: Position) => Error
  readonly knowsColumns?: boolean
}

/**
 * A format whose rows are bytes, and whose type is a number: it has all rows up to that. Surveys and readers write down
 * how they were started.
 */
function byteFormat({
  batchRows = 2,
  shortAfter = Number.POSITIVE_INFINITY,
  rejects = false,
  positionOf = (row) => ({ row }),
  limit = (position) => new MillraceError('LIMIT_EXCEEDED', 'too large', { position }),
  knowsColumns = true,
}: ByteFormatOptions = {}) {
  const calls: unknown[] = []
  const format: TypedFormat<number> = {
    survey(maxRows, maxCells) {
      calls.push(['survey', maxRows, maxCells])
      const most = Number.isFinite(maxCells) ? Math.min(maxRows, shortAfter) : maxRows
      let [plan, rows, row] = [1, 0, 0]
      return {
        push(bytes) {
          for (const value of bytes ?? []) {
            if (rows >= most) return plan
            row++
            if (value === LIMIT) throw limit(positionOf(row))
            if (value === BAD) {
              if (!rejects) throw new MillraceError('CSV_INVALID', 'bad', { position: positionOf(row) })
              continue
            }
            rows++
            plan = Math.max(plan, value)
          }
          return bytes === undefined || rows >= most ? plan : undefined
        },
        planSoFar: () => (knowsColumns ? plan : undefined),
        get isShort() {
          return rows >= most && most < maxRows
        },
      }
    },
    read(plan, unsureRows, onInvalidRow) {
      calls.push(['read', plan, unsureRows])
      let [rows, row, batches] = [0, 0, 0]
      let batch: number[] = []
      const finish = (): RecordBatch => {
        batches++
        const [found] = tableFromRows(batch.map((value) => ({ value, plan }))).batches
        batch = []
        return found as RecordBatch
      }
      const reject = (code: 'CSV_INVALID' | 'TYPE_MISMATCH'): void => {
        const position = positionOf(row)
        if (onInvalidRow === undefined) throw new MillraceError(code, 'rejected', { position })
        onInvalidRow({ code, reason: 'rejected', ...position } as InvalidRow)
      }
      const reader = {
        get isSure() {
          return rows >= unsureRows
        },
        *push(bytes: Uint8Array | undefined) {
          for (const value of bytes ?? []) {
            row++
            if (value === LIMIT) continue
            if (value === BAD) reject('CSV_INVALID')
            else if (value <= plan) {
              rows++
              batch.push(value)
              if (batch.length === batchRows) yield finish()
            } else if (rows < unsureRows) throw new TypesTooNarrow()
            else reject('TYPE_MISMATCH')
          }
          if (bytes === undefined && (batch.length > 0 || batches === 0)) yield finish()
        },
      }
      return reader
    },
  }
  return { format, calls }
}

/** A format without rows that writes down the lengths of what it is passed. */
function lengthFormat() {
  const lengths: { survey: unknown[]; read: unknown[] } = { survey: [], read: [] }
  const format: TypedFormat<number> = {
    survey: () => ({
      push(bytes) {
        lengths.survey.push(bytes?.length)
        return bytes === undefined ? 1 : undefined
      },
      planSoFar: () => 1,
      isShort: false,
    }),
    read: () => ({
      isSure: true,
      push(bytes) {
        lengths.read.push(bytes?.length)
        return []
      },
    }),
  }
  return { format, lengths }
}

interface Outcome {
  readonly values: readonly number[]
  readonly plans: ReadonlySet<number>
  readonly rejected: readonly unknown[]
  readonly error: unknown
}

const cells = (batch: RecordBatch, name: string): number[] => [...(batch.getChild(name) ?? [])].map(Number)

async function read(
  input: CodecInput,
  format: TypedFormat<number>,
  inferRows: number,
  isReporting = false,
): Promise<Outcome> {
  const rejected: unknown[] = []
  const values: number[] = []
  const plans = new Set<number>()
  let error: unknown
  try {
    const onInvalidRow = ({ row, code }: InvalidRow): void => void rejected.push([row, code])
    for await (const batch of readTyped(input, format, inferRows, isReporting ? onInvalidRow : undefined)) {
      values.push(...cells(batch, 'value'))
      for (const plan of cells(batch, 'plan')) plans.add(plan)
    }
  } catch (thrown) {
    error = isMillraceError(thrown) ? [thrown.code, thrown.position?.row] : thrown
  }
  return { values, plans, rejected, error }
}

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** Rows of value 1, with other values at some places, counted from 1. */
function rowsWith(length: number, others: Readonly<Record<number, number>> = {}): Uint8Array {
  const bytes = new Uint8Array(length).fill(1)
  for (const [row, value] of Object.entries(others)) bytes[Number(row) - 1] = value
  return bytes
}

const ALL = Number.POSITIVE_INFINITY
const CELLS = 65_536

describe('a stream', () => {
  test.each<[number, unknown[]]>([
    [
      0,
      [
        ['survey', 0, CELLS],
        ['read', 1, 0],
      ],
    ],
    [
      300,
      [
        ['survey', 300, CELLS],
        ['read', 1, 0],
      ],
    ],
    [
      500,
      [
        ['survey', 500, CELLS],
        ['read', 1, 0],
      ],
    ],
    [
      501,
      [
        ['survey', 500, CELLS],
        ['read', 1, 501],
      ],
    ],
    [
      65_536,
      [
        ['survey', 500, CELLS],
        ['read', 1, 65_536],
      ],
    ],
    [
      65_537,
      [
        ['survey', 65_537, CELLS],
        ['read', 1, 0],
      ],
    ],
    [
      ALL,
      [
        ['survey', ALL, CELLS],
        ['read', 1, 0],
      ],
    ],
  ])('with types from %d rows', async (inferRows, expected) => {
    const { format, calls } = byteFormat({ batchRows: 100 })
    const { values, error } = await read(rowsWith(700), format, inferRows)
    expect([values.length, error, calls]).toEqual([700, undefined, expected])
  })

  test('types from all rows need a source that can be read twice', async () => {
    const bytes = rowsWith(10, { 9: 5 })
    for (const input of [bytes, bytesSource(bytes)]) {
      expect((await read(input, byteFormat().format, ALL)).plans).toEqual(new Set([5]))
    }
    expect((await read(chunks(bytes, 4), byteFormat().format, ALL)).error).toEqual(['OPTION_INVALID', undefined])
    expect((await read(chunks(bytes, 4), byteFormat().format, 10)).plans).toEqual(new Set([5]))
  })

  test.each([1, 7, 600])('a late value widens the types once, in chunks of %d', async (size) => {
    const bytes = rowsWith(900, { 700: 3 })
    const { format, calls } = byteFormat({ batchRows: 400 })
    const { values, plans } = await read(chunks(bytes, size), format, 800)
    expect([values, plans]).toEqual([[...bytes], new Set([3])])
    expect(calls).toEqual([
      ['survey', 500, CELLS],
      ['read', 1, 800],
      ['survey', 800, ALL],
      ['read', 3, 0],
    ])
  })

  test('a value beyond the rows used for inference is rejected', async () => {
    const bytes = rowsWith(900, { 801: 3, 803: 3 })
    const without = await read(bytes, byteFormat({ batchRows: 400 }).format, 800)
    expect([without.error, without.values.length]).toEqual([['TYPE_MISMATCH', 801], 800])
    const reported = await read(bytes, byteFormat({ batchRows: 400 }).format, 800, true)
    expect([reported.error, reported.rejected, reported.values.length]).toEqual([
      undefined,
      [
        [801, 'TYPE_MISMATCH'],
        [803, 'TYPE_MISMATCH'],
      ],
      898,
    ])
  })

  test('a survey of enough values for a first try is a sample, of which a second one follows', async () => {
    const bytes = rowsWith(900, { 50: 3, 700: 4 })
    const { format, calls } = byteFormat({ batchRows: 400, shortAfter: 20 })
    const { values, plans } = await read(chunks(bytes, 100), format, 800)
    expect([values, plans]).toEqual([[...bytes], new Set([4])])
    expect(calls).toEqual([
      ['survey', 500, CELLS],
      ['read', 1, 800],
      ['survey', 500, ALL],
      ['read', 3, 800],
      ['survey', 800, ALL],
      ['read', 4, 0],
    ])
    const few = byteFormat({ batchRows: 400, shortAfter: 20 })
    await read(rowsWith(100, { 50: 3 }), few.format, 60)
    expect(few.calls).toEqual([
      ['survey', 60, CELLS],
      ['read', 1, 60],
      ['survey', 60, ALL],
      ['read', 3, 0],
    ])
  })

  test.each([
    [15, 1],
    [16, 1],
    [17, 2],
    [18, 2],
  ])('%d batches that are held until types are final: read %d times', async (batches, times) => {
    const { format, calls } = byteFormat({ batchRows: 40 })
    const bytes = rowsWith(40 * batches, { 3: BAD, 550: BAD })
    const rejecting = byteFormat({ batchRows: 40, rejects: true })
    const plain = await read(chunks(rowsWith(40 * batches), 100), format, 10_000)
    expect(plain.values.length).toBe(40 * batches)
    expect(calls).toEqual([['survey', 500, CELLS], ['read', 1, 10_000], ...(times > 1 ? [['read', 1, 0]] : [])])
    const { values, rejected } = await read(chunks(bytes, 100), rejecting.format, 10_000, true)
    const reported = [3, 550].map((row) => [row, 'CSV_INVALID'])
    expect([values.length, rejected]).toEqual([40 * batches - 2, reported])
  })

  test('types that are final after too many batches are confirmed, and their rows reported once', async () => {
    const { format, calls } = byteFormat({ batchRows: 10, rejects: true })
    const bytes = rowsWith(1000, { 3: BAD, 400: BAD, 990: BAD })
    const { values, rejected, error } = await read(chunks(bytes, 50), format, 600, true)
    expect([values.length, error, rejected]).toEqual([997, undefined, [3, 400, 990].map((row) => [row, 'CSV_INVALID'])])
    expect(calls).toEqual([
      ['survey', 500, CELLS],
      ['read', 1, 600],
      ['read', 1, 0],
    ])
  })

  test('types of a survey that ended early are confirmed like others', async () => {
    const { format, calls } = byteFormat({ batchRows: 10, shortAfter: 20 })
    const { values } = await read(chunks(rowsWith(1000), 50), format, 600)
    expect(values.length).toBe(1000)
    expect(calls).toEqual([
      ['survey', 500, CELLS],
      ['read', 1, 600],
      ['read', 1, 0],
    ])
  })

  test('a late value after too many batches widens the types', async () => {
    const { format, calls } = byteFormat({ batchRows: 10, rejects: true })
    const bytes = rowsWith(1000, { 3: BAD, 580: 2 })
    const { values, rejected, plans } = await read(chunks(bytes, 50), format, 600, true)
    expect([values.length, rejected, plans]).toEqual([999, [[3, 'CSV_INVALID']], new Set([2])])
    expect(calls).toEqual([
      ['survey', 500, CELLS],
      ['read', 1, 600],
      ['survey', 600, ALL],
      ['read', 2, 0],
    ])
  })

  test('batches are yielded as soon as the types are final, and none before', async () => {
    let taken = 0
    async function* source(): AsyncGenerator<Uint8Array> {
      for (; taken < 20; taken++) yield rowsWith(100)
    }
    const batches = readTyped(source(), byteFormat({ batchRows: 50 }).format, 700, undefined)
    await batches.next()
    expect(taken).toBe(6)
    for (let more = 0; more < 14; more++) await batches.next()
    expect(taken).toBe(7)
    await batches.return(undefined)
  })

  test('rejected rows are reported as soon as the types are final, and none before', async () => {
    const seen: [string, number][] = []
    let chunk = 0
    async function* source(): AsyncGenerator<Uint8Array> {
      for (; chunk < 12; chunk++) yield rowsWith(100, { 50: BAD })
    }
    const { format } = byteFormat({ batchRows: 5000, rejects: true })
    const onInvalidRow = ({ row }: InvalidRow): void => void seen.push([`chunk ${chunk}`, row as number])
    for await (const _ of readTyped(source(), format, 800, onInvalidRow));
    const later = [9, 10, 11].map((at) => [`chunk ${at}`, 100 * at + 50])
    expect(seen).toEqual([...Array.from({ length: 9 }, (_, at) => ['chunk 8', 100 * at + 50]), ...later])
  })

  test('large chunks are read in slices', async () => {
    const { format, lengths } = lengthFormat()
    await read(chunks(rowsWith(900_000), 600_000), format, 10)
    const expected = [262_144, 262_144, 75_712, 262_144, 37_856, undefined]
    expect(lengths).toEqual({ survey: expected, read: expected })
  })

  test.each(['end', 'error', 'early'])('the source is closed: %s', async (how) => {
    let closed = 0
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield rowsWith(700, how === 'error' ? { 5: BAD } : {})
        yield rowsWith(700)
      } finally {
        closed++
      }
    }
    const batches = readTyped(source(), byteFormat({ batchRows: 50 }).format, 600, undefined)
    if (how === 'early') {
      await batches.next()
      await batches.return(undefined)
    } else {
      const all = (async () => {
        for await (const _ of batches);
      })()
      if (how === 'error') await expect(all).rejects.toThrow('bad')
      else await all
    }
    expect(closed).toBe(1)
  })
})

describe('a whole table', () => {
  const readTable = (bytes: Uint8Array, format: TypedFormat<number>, isReporting = false): Outcome => {
    const rejected: unknown[] = []
    const onInvalidRow = ({ row, code }: InvalidRow): void => void rejected.push([row, code])
    const { batches } = readTypedTable(bytes, format, isReporting ? onInvalidRow : undefined)
    const values = batches.flatMap((batch) => cells(batch, 'value'))
    return { values, plans: new Set(batches.flatMap((batch) => cells(batch, 'plan'))), rejected, error: undefined }
  }

  test('types follow from all rows, in any number of batches', () => {
    const bytes = rowsWith(2000, { 1999: 2, 3: BAD, 1000: BAD })
    const { format, calls } = byteFormat({ batchRows: 10, rejects: true })
    const { values, plans, rejected } = readTable(bytes, format, true)
    expect([values.length, plans]).toEqual([1998, new Set([2])])
    expect(rejected).toEqual([3, 1000].map((row) => [row, 'CSV_INVALID']))
    expect(calls).toEqual([
      ['survey', 500, CELLS],
      ['read', 1, ALL],
      ['survey', ALL, ALL],
      ['read', 2, 0],
    ])
  })

  test('one survey is enough for rows that fit', () => {
    const { format, calls } = byteFormat({ batchRows: 10 })
    expect(readTable(rowsWith(2000), format).values.length).toBe(2000)
    expect(calls).toEqual([
      ['survey', 500, CELLS],
      ['read', 1, ALL],
    ])
  })

  test('a survey of enough values for a first try is followed by one of more rows', () => {
    const { format, calls } = byteFormat({ batchRows: 10, shortAfter: 20 })
    readTable(rowsWith(2000, { 30: 2, 1000: 3 }), format)
    expect(calls).toEqual([
      ['survey', 500, CELLS],
      ['read', 1, ALL],
      ['survey', 500, ALL],
      ['read', 2, ALL],
      ['survey', ALL, ALL],
      ['read', 3, 0],
    ])
  })

  test('large files are read in slices', () => {
    const { format, lengths } = lengthFormat()
    readTable(rowsWith(300_000), format)
    expect(lengths).toEqual({ survey: [262_144, 37_856, undefined], read: [262_144, 37_856, undefined] })
  })

  test('a row that never fits, and errors of any other kind, are thrown', () => {
    expect(() => readTable(rowsWith(600, { 20: BAD }), byteFormat().format)).toThrow(
      expect.objectContaining({ code: 'CSV_INVALID', position: { row: 20 } }),
    )
    const broken = new Error('broken')
    const format = byteFormat({ limit: () => broken }).format
    expect(() => readTable(rowsWith(600, { 20: LIMIT }), format)).toThrow(broken)
    const unknown = byteFormat({ knowsColumns: false, rejects: true })
    expect(() => readTable(rowsWith(600, { 20: LIMIT }), unknown.format, true)).toThrow('too large')
    expect(unknown.calls).toEqual([['survey', 500, CELLS]])
    const silent: TypedFormat<number> = {
      ...byteFormat().format,
      survey: () => ({ push: () => undefined, planSoFar: () => undefined, isShort: false }),
    }
    expect(() => readTypedTable(rowsWith(3), silent, undefined)).toThrow(/survey/)
  })
})

describe('a fault that the survey finds', () => {
  const faultsOf = async (others: Readonly<Record<number, number>>, options: ByteFormatOptions, isReporting = true) => {
    const bytes = rowsWith(100, others)
    const whole = await read(bytes, byteFormat({ ...options, batchRows: 10 }).format, 50, isReporting)
    const cut = await read(chunks(bytes, 3), byteFormat({ ...options, batchRows: 10 }).format, 50, isReporting)
    expect(cut).toEqual(whole)
    return whole
  }

  test('is thrown after the rows before it were reported', async () => {
    const { error, rejected } = await faultsOf({ 5: BAD, 9: BAD, 20: LIMIT }, { rejects: true })
    expect([error, rejected]).toEqual([
      ['LIMIT_EXCEEDED', 20],
      [
        [5, 'CSV_INVALID'],
        [9, 'CSV_INVALID'],
      ],
    ])
  })

  test('is thrown at the first row behind it that is rejected, which is not reported', async () => {
    const { error, rejected } = await faultsOf({ 5: BAD, 20: LIMIT, 21: BAD, 30: BAD }, { rejects: true })
    expect([error, rejected]).toEqual([['LIMIT_EXCEEDED', 20], [[5, 'CSV_INVALID']]])
  })

  test('counts as rejected where rows are rejected for the same', async () => {
    const limit = (position: Position) => new MillraceError('CSV_INVALID', 'bad', { position })
    const { error, rejected } = await faultsOf({ 20: LIMIT, 25: BAD }, { rejects: true, limit })
    expect([error, rejected]).toEqual([['CSV_INVALID', 20], [[25, 'CSV_INVALID']]])
  })

  test('gives way to an error of an earlier row, and comes before one of a later row', async () => {
    expect((await faultsOf({ 5: BAD, 20: LIMIT }, { rejects: true }, false)).error).toEqual(['CSV_INVALID', 5])
    expect((await faultsOf({ 20: LIMIT, 25: BAD }, { rejects: true }, false)).error).toEqual(['LIMIT_EXCEEDED', 20])
  })

  test('is compared by lines where no rows are known', async () => {
    const positionOf = (row: number): Position => ({ line: 2 * row })
    const at = async (others: Readonly<Record<number, number>>): Promise<unknown> =>
      (await faultsOf(others, { rejects: true, positionOf }, false)).error
    expect(await at({ 5: BAD, 20: LIMIT })).toEqual(['CSV_INVALID', undefined])
    expect(await at({ 20: LIMIT, 25: BAD })).toEqual(['LIMIT_EXCEEDED', undefined])
    const nowhere = (row: number): Position => (row === 20 ? {} : { row, line: row })
    const unknown = await faultsOf({ 5: BAD, 20: LIMIT }, { rejects: true, positionOf: nowhere }, false)
    expect(unknown.error).toEqual(['LIMIT_EXCEEDED', undefined])
    const oneLine = (): Position => ({ line: 3 })
    const sameLine = await faultsOf({ 5: BAD, 20: LIMIT }, { rejects: true, positionOf: oneLine }, false)
    expect(sameLine.error).toEqual(['LIMIT_EXCEEDED', undefined])
    const onlyLine = (row: number): Position => (row === 20 ? { row, line: row } : { line: row })
    const early = await faultsOf({ 5: BAD, 20: LIMIT }, { rejects: true, positionOf: onlyLine }, false)
    expect(early.error).toEqual(['CSV_INVALID', undefined])
    const absent = (row: number): Position | undefined => (row === 20 ? { row, line: row } : undefined)
    const without = await faultsOf({ 5: BAD, 20: LIMIT }, { rejects: true, positionOf: absent as never }, false)
    expect(without.error).toEqual(['LIMIT_EXCEEDED', 20])
    const lost = (row: number): Position | undefined => (row === 20 ? undefined : { row, line: row })
    const unplaced = await faultsOf({ 5: BAD, 20: LIMIT }, { rejects: true, positionOf: lost as never }, false)
    expect(unplaced.error).toEqual(['LIMIT_EXCEEDED', undefined])
    const noRows = (row: number): Position => (row === 20 ? { line: 20 } : { row, line: row })
    const byLine = await faultsOf({ 5: BAD, 20: LIMIT }, { rejects: true, positionOf: noRows }, false)
    expect(byLine.error).toEqual(['CSV_INVALID', 5])
    const mixed = (row: number): Position => (row === 20 ? { row: 3, line: 20 } : { row, line: row })
    const byRow = await faultsOf({ 5: BAD, 20: LIMIT }, { rejects: true, positionOf: mixed }, false)
    expect(byRow.error).toEqual(['LIMIT_EXCEEDED', 3])
  })
})
