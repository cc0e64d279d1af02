import fc from 'fast-check'
import { expect } from 'vitest'
import { createKeyLines, type Lined } from '../../src/send/key-lines.ts'
import { law } from '../support/law.ts'

interface One extends Lined {
  readonly id: number
}

law(
  'createKeyLines: entries of a key leave in the order in which they joined, with any other keys',
  fc.property(
    fc.integer({ min: 1, max: 5 }),
    fc.array(fc.record({ key: fc.option(fc.nat(6), { nil: undefined }), isJoin: fc.boolean() }), { maxLength: 60 }),
    (most, steps) => {
      const lines = createKeyLines<One>(most)
      const queues = new Map<string | undefined, One[]>()
      for (const [id, { key: number, isJoin }] of steps.entries()) {
        const key = number === undefined ? undefined : `key-${number}`
        const queue = queues.get(key) ?? []
        queues.set(key, queue)
        if (isJoin || queue.length === 0) {
          const one: One = { id, key, next: undefined, bucket: undefined }
          queue.push(one)
          // An entry without a key waits for none.
          expect(lines.join(one)).toBe(key === undefined || queue.length === 1)
        } else {
          const one = queue.shift() as One
          expect(lines.leave(one)?.id).toBe(key === undefined ? undefined : queue[0]?.id)
        }
      }
    },
  ),
)
