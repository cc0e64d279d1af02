import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pagePool } from '../../../../../src/codecs/parquet/read/pages/page-pool.ts'
import { law } from '../../../../support/law.ts'

const MIB = 1024 * 1024
const size = fc.oneof(fc.nat(100_000), fc.integer({ min: 60_000, max: 3 * MIB }), fc.constantFrom(8 * MIB, 20 * MIB))
const step = fc.oneof(fc.record({ take: size }), fc.record({ give: fc.nat(), again: fc.boolean() }))

law(
  'parquet page pool: no two pages share memory, for any pages released any number of times',
  fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const pool = pagePool()
    const held: Uint8Array[] = []
    for (const action of steps) {
      if ('take' in action) {
        const bytes = pool.take(action.take)
        expect(bytes.length).toBe(action.take)
        expect(held.some(({ buffer }) => buffer === bytes.buffer)).toBe(false)
        held.push(bytes)
      } else if (held.length > 0) {
        const [bytes] = held.splice(action.give % held.length, 1) as [Uint8Array]
        pool.give(bytes.subarray(Math.min(4, bytes.length)))
        if (action.again) pool.give(bytes)
      }
    }
    pool.give(new Uint8Array(100_000))
  }),
  { runs: 100 },
)

test('rooms that are too large to keep do not push out the others', () => {
  const pool = pagePool()
  const [small, large] = [pool.take(MIB), pool.take(20 * MIB)]
  pool.give(small)
  pool.give(large)
  expect(pool.take(MIB).buffer).toBe(small.buffer)
})
