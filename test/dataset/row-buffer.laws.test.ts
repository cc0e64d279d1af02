import { Field, Int32, makeData, Schema } from 'apache-arrow'
import fc from 'fast-check'
import { expect } from 'vitest'
import { recordBatch } from '../../src/columns/record-batch.ts'
import { rowBuffer } from '../../src/dataset/row-buffer.ts'
import { law } from '../support/law.ts'

const schema = new Schema([new Field('id', new Int32(), false)])

/** Rows numbered from `start`. */
function batchOf(start: number, rows: number) {
  const data = Int32Array.from({ length: rows }, (_, row) => start + row)
  return recordBatch(schema, [makeData({ type: new Int32(), length: rows, nullCount: 0, data })], rows)
}

const added = fc.record({
  kind: fc.constant('add' as const),
  rows: fc.oneof({ weight: 6, arbitrary: fc.nat(12) }, fc.constantFrom(5000, 8191, 8192, 9000)),
  /** Files of the rows, in turns: a batch may be of one file, of neighbours, or of files far apart. */
  files: fc.array(fc.oneof(fc.nat(6), fc.integer({ min: 100, max: 110 })), { minLength: 1, maxLength: 7 }),
})
const taken = fc.record({ kind: fc.constant('take' as const), files: fc.uniqueArray(fc.nat(8), { maxLength: 5 }) })

law(
  'rowBuffer: rows of a file are returned in order, once, after any other calls',
  fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: added }, taken), { maxLength: 14 }), (steps) => {
    const buffer = rowBuffer(schema)
    const model = new Map<number, number[]>()
    let count = 0
    const check = (files: readonly number[]): void => {
      const { of } = buffer.take(files)
      for (const file of [...files, 99]) {
        const batches = of(file)
        expect(batches.flatMap((batch) => [...(batch.getChildAt(0)?.toArray() ?? [])])).toEqual(model.get(file) ?? [])
        expect(batches.every(({ numRows }) => numRows > 0)).toBe(true)
        model.delete(file)
      }
    }
    for (const step of steps) {
      if (step.kind === 'take') check(step.files)
      else {
        const files = Int32Array.from({ length: step.rows }, (_, row) => step.files[row % step.files.length] as number)
        buffer.add(batchOf(count, step.rows), files)
        for (const [row, file] of files.entries()) {
          const rows = model.get(file) ?? []
          model.set(file, rows)
          rows.push(count + row)
        }
        count += step.rows
      }
    }
    check([...model.keys()])
  }),
  { runs: 60 },
)
