import { expect, test } from 'vitest'
import { addBatchMetadata } from '../../src/transform/add-batch-metadata.ts'
import { failure, fault, run } from './support/run-rows.ts'

test('addBatchMetadata: a clock that returns no time is refused', () => {
  for (const time of [new Date('x'), 5, undefined]) {
    expect(fault(() => run([{ a: 1 }], addBatchMetadata({ now: () => time as Date })))).toEqual(
      failure('OPTION_INVALID'),
    )
  }
})
