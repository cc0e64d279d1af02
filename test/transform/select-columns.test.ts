import { expect, test } from 'vitest'
import { selectColumns } from '../../src/transform/select-columns.ts'
import { failure, fault, run } from './support/run-rows.ts'

test('selectColumns: columns in order; unknown and repeated names are refused', () => {
  expect(run([{ a: 1, b: 2 }], selectColumns(['b', 'a'])).map(Object.keys)).toEqual([['b', 'a']])
  expect(fault(() => run([{ a: 1 }], selectColumns(['z'])))).toEqual(failure('COLUMN_UNKNOWN', { column: 'z' }))
  expect(fault(() => selectColumns(['a', 'a']))).toEqual(failure('COLUMN_CONFLICT', { column: 'a' }))
})
