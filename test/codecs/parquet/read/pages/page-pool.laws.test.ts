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

const KIB = 1024

test('small pages are not kept', () => {
  const pool = pagePool()
  const small = pool.take(64 * KIB - 1)
  expect(small.buffer.byteLength).toBe(64 * KIB - 1)
  pool.give(small)
  expect(pool.take(64 * KIB - 1).buffer).not.toBe(small.buffer)
  const kept = pool.take(64 * KIB)
  pool.give(kept)
  expect(pool.take(64 * KIB).buffer).toBe(kept.buffer)
})

test('room comes in steps of 16 KiB, and serves pages of a quarter of it at least', () => {
  const pool = pagePool()
  const first = pool.take(256 * KIB + 1)
  expect([first.length, first.byteOffset, first.buffer.byteLength]).toEqual([256 * KIB + 1, 0, 272 * KIB])
  pool.give(first)
  expect(pool.take(68 * KIB - 1).buffer).not.toBe(first.buffer)
  const second = pool.take(68 * KIB)
  expect(second.buffer).toBe(first.buffer)
  pool.give(second)
  expect(pool.take(272 * KIB + 1).buffer).not.toBe(first.buffer)
  expect(pool.take(272 * KIB).buffer).toBe(first.buffer)
})

test('the least room that holds a page is taken', () => {
  const pool = pagePool()
  const rooms = [300, 100, 200].map((size) => pool.take(size * KIB))
  for (const room of rooms) pool.give(room)
  expect(pool.take(100 * KIB).buffer).toBe(rooms[1]?.buffer)
  expect(pool.take(100 * KIB).buffer).toBe(rooms[2]?.buffer)
  expect(pool.take(100 * KIB).buffer).toBe(rooms[0]?.buffer)
})

test('16 MiB are kept at most, the last ones that were given', () => {
  const pool = pagePool()
  const rooms = [6, 5, 5, 5].map((size) => pool.take(size * MIB))
  for (const room of rooms.slice(0, 3)) pool.give(room)
  expect(pool.take(6 * MIB).buffer).toBe(rooms[0]?.buffer)
  for (const room of [rooms[0], rooms[3]]) pool.give(room as Uint8Array)
  // 5, 5, 6 and 5 are too many: the first is gone.
  const again = [5, 5, 5].map((size) => pool.take(size * MIB).buffer)
  expect(again.includes(rooms[1]?.buffer as ArrayBuffer)).toBe(false)
  expect(again.slice(0, 2)).toEqual([rooms[2]?.buffer, rooms[3]?.buffer])
  expect(again[2]).toBe(rooms[0]?.buffer)
})

test('a room of 16 MiB is kept', () => {
  const pool = pagePool()
  const room = pool.take(16 * MIB)
  pool.give(room)
  expect(pool.take(16 * MIB).buffer).toBe(room.buffer)
})
