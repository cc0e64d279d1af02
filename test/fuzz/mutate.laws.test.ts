import fc from 'fast-check'
import { expect } from 'vitest'
import { mutateBytes } from '../../fuzz/mutate/bytes.ts'
import { mutateJson } from '../../fuzz/mutate/json.ts'
import type { Pool } from '../../fuzz/mutate/mutator.ts'
import { mutateParquet } from '../../fuzz/mutate/parquet.ts'
import { randomOf } from '../../fuzz/random.ts'
import { law } from '../support/law.ts'

const pool: Pool = { other: () => Buffer.from('{"a":[1,"x"]}'), words: [Buffer.from('word')] }
const mutators = { bytes: mutateBytes(2), json: mutateJson, parquet: mutateParquet(2) }

law(
  'fuzzing: a mutator leaves its input unchanged, and makes the same of it under the same seed',
  fc.property(
    fc.constantFrom(...Object.values(mutators)),
    fc.oneof(
      fc.uint8Array({ minLength: 2, maxLength: 60 }),
      fc.json().map((text) => new Uint8Array(Buffer.from(text.padEnd(2)))),
    ),
    fc.integer(),
    (mutate, input, seed) => {
      const before = Buffer.from(input)
      const made = mutate(input, randomOf(seed), pool)
      expect(Buffer.compare(input, before)).toBe(0)
      expect(Buffer.compare(mutate(input, randomOf(seed), pool), made)).toBe(0)
    },
  ),
  { runs: 500 },
)

law(
  'fuzzing: the JSON mutator returns JSON',
  fc.property(fc.json(), fc.integer(), (text, seed) => {
    expect(() => JSON.parse(Buffer.from(mutateJson(Buffer.from(text), randomOf(seed), pool)).toString())).not.toThrow()
  }),
)

law(
  'fuzzing: random numbers are below their limit and depend on the seed',
  fc.property(fc.integer(), fc.integer({ min: 1, max: 1000 }), (seed, limit) => {
    const random = randomOf(seed)
    const numbers = Array.from({ length: 20 }, () => random.below(limit))
    expect(numbers.every((number) => Number.isInteger(number) && number >= 0 && number < limit)).toBe(true)
    if (limit > 500) expect(Array.from({ length: 20 }, () => randomOf(seed + 1).below(limit))).not.toEqual(numbers)
  }),
)
