import { Field, Schema, TimestampMillisecond, TimestampNanosecond } from 'apache-arrow'
import fc from 'fast-check'
import { expect } from 'vitest'
import { byHash } from '../../src/dataset/by-hash.ts'
import { byHour } from '../../src/dataset/by-period.ts'
import { valueNumbers } from '../../src/dataset/by-value.ts'
import { arbitraryTableCase, batchOf } from '../support/arbitrary-table.ts'
import { law } from '../support/law.ts'
import { rowToken } from '../support/row-token.ts'

law(
  'byHash: rows that dropDuplicates treats as equal have one bucket, in every run, batch and dictionary',
  fc.property(
    arbitraryTableCase({ maxColumns: 2 }),
    fc.integer({ min: 1, max: 1000 }),
    ({ schema, rows, batches }, buckets) => {
      const rule = byHash(undefined, buckets)
      const bucketOf = new Map<string, number>()
      let row = 0
      for (const batch of batches) {
        const out = new Int32Array(batch.numRows)
        rule.start(schema.fields).number(batch.data.children, batch.numRows, out, 0)
        for (const bucket of out) {
          const token = rowToken(rows[row++] ?? [])
          expect(bucket).toBe(bucketOf.get(token) ?? bucket)
          expect(bucket).toBeLessThan(buckets)
          bucketOf.set(token, bucket)
        }
      }
    },
  ),
)

law(
  'byHash: buckets have about the same size',
  fc.property(fc.integer({ min: 2, max: 64 }), fc.nat(), (buckets, first) => {
    const schema = new Schema([new Field('at', new TimestampMillisecond())])
    const count = buckets * 200
    const batch = batchOf(
      schema,
      Array.from({ length: count }, (_, at) => [BigInt(first + at * 8)]),
    )
    const out = new Int32Array(count)
    byHash(['at'], buckets).start(schema.fields).number(batch.data.children, count, out, 0)
    const sizes = new Array<number>(buckets).fill(0)
    for (const bucket of out) sizes[bucket] = (sizes[bucket] ?? 0) + 1
    expect(Math.min(...sizes)).toBeGreaterThan(100)
    expect(Math.max(...sizes)).toBeLessThan(320)
  }),
  { runs: 50 },
)

law(
  'byHour: the hour of every nanosecond is that of its exact quotient',
  fc.property(
    fc.array(
      fc.oneof(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        // The last and first nanoseconds of hours, which doubles cannot tell apart.
        fc
          .tuple(fc.integer({ min: -2_000_000, max: 2_000_000 }), fc.bigInt({ min: -3n, max: 3n }))
          .map(([hour, rest]) => BigInt(hour) * 3_600_000_000_000n + rest),
      ),
      { minLength: 1 },
    ),
    (instants) => {
      const type = new TimestampNanosecond()
      const schema = new Schema([new Field('at', type)])
      const batch = batchOf(
        schema,
        instants.map((instant) => [instant]),
      )
      const numbers = byHour('at').start(schema.fields)
      const out = new Int32Array(instants.length)
      numbers.number(batch.data.children, instants.length, out, 0)
      instants.forEach((instant, row) => {
        const ms = BigInt.asIntN(64, instant) / 1_000_000n - (instant % 1_000_000n < 0n ? 1n : 0n)
        const text = new Date(Number(ms)).toISOString()
        expect(numbers.valueOf(out[row] ?? -1)).toBe(`${text.slice(0, 10)}-${text.slice(11, 13)}`)
      })
    },
  ),
)

law(
  'partition values: equal rows have the same text, in any batches',
  fc.property(arbitraryTableCase({ maxColumns: 1, nested: false }), ({ schema, batches, rows }) => {
    const [field] = schema.fields
    const numbers = attempt(() => valueNumbers(field as Field))
    if (numbers === undefined) return
    const textOf = new Map<string, string | null>()
    let row = 0
    for (const batch of batches) {
      const out = new Int32Array(batch.numRows)
      const isText = attempt(() => numbers.number(batch.data.children, batch.numRows, out, 0) ?? true)
      if (isText === undefined) return
      for (const number of out) {
        const cell = rows[row++]?.[0] ?? null
        const token = `${rowToken([cell])}${Object.is(cell, -0)}`
        const value = numbers.valueOf(number)
        if (textOf.has(token)) expect(value).toBe(textOf.get(token))
        textOf.set(token, value)
        if (typeof cell === 'string') expect(value).toBe(cell)
        else expect(value === null).toBe(cell === null)
      }
    }
    expect(new Set(textOf.values()).size).toBe(textOf.size)
  }),
)

/** What a run gives; undefined where values have no text. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    expect(error).toMatchObject({ code: 'TYPE_MISMATCH' })
    return undefined
  }
}
