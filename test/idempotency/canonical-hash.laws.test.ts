import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import { canonicalHash } from '../../src/idempotency/index.ts'
import { law } from '../support/law.ts'
import { arbitraryData } from './support/arbitrary-data.ts'

const data = arbitraryData()

describe('canonicalHash', () => {
  law(
    'canonicalHash: a copy has the same hash, in any order of properties, entries of maps and members of sets',
    fc.property(data, fc.nat(), (value, seed) => {
      expect(canonicalHash(shuffled(value, seed))).toBe(canonicalHash(value))
    }),
    { runs: 500 },
  )

  law(
    'canonicalHash: two values have the same hash only if they are deeply and strictly equal',
    fc.property(data, data, (left, right) => {
      if (canonicalHash(left) === canonicalHash(right)) expect(isDeepStrictEqual(plain(left), plain(right))).toBe(true)
    }),
    { runs: 1000 },
  )

  law(
    'canonicalHash: a cycle is rejected at every depth, a value that occurs twice is not',
    fc.property(fc.integer({ min: 1, max: 80 }), fc.nat(), fc.boolean(), (depth, pick, isMap) => {
      const chain: unknown[][] = Array.from({ length: depth }, () => [])
      for (const [at, each] of chain.entries()) {
        const inner = chain[at + 1]
        if (inner !== undefined) each.push(isMap ? new Map([['inner', inner]]) : { inner }, 1)
      }
      const twice = [1]
      chain.at(-1)?.push(twice, twice)
      expect(canonicalHash(chain[0])).toHaveLength(43)
      chain.at(-1)?.push(chain[pick % depth])
      expect(() => canonicalHash(chain[0])).toThrow(/a value that contains itself/)
    }),
  )

  law(
    'canonicalHash: any value has a hash or is rejected with IDEMPOTENCY_KEY_INVALID, and is not modified',
    fc.property(
      fc.oneof(fc.anything({ withObjectString: true, withBoxedValues: true }), fc.func(fc.nat())),
      (value) => {
        try {
          expect(canonicalHash(value)).toHaveLength(43)
        } catch (error) {
          expect(isMillraceError(error, 'IDEMPOTENCY_KEY_INVALID')).toBe(true)
        }
      },
    ),
    { runs: 500 },
  )
})

/** A deep copy with everything in another order that has no order. */
function shuffled(value: unknown, seed: number): unknown {
  const turned = <T>(items: readonly T[]): T[] => {
    const at = items.length === 0 ? 0 : seed % items.length
    return [...items.slice(at), ...items.slice(0, at)].reverse()
  }
  if (Array.isArray(value)) {
    const copy: unknown[] = new Array(value.length)
    for (const name of Object.keys(value)) copy[Number(name)] = shuffled(value[Number(name)], seed)
    return copy
  }
  if (value instanceof Date) return new Date(value)
  if (value instanceof Set) return new Set(turned([...value]).map((member) => shuffled(member, seed)))
  if (value instanceof Map) return new Map(turned([...value]).map(([k, v]) => [shuffled(k, seed), shuffled(v, seed)]))
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  const copy = Object.create(null)
  for (const [name, member] of turned(Object.entries(value)))
    Object.defineProperty(copy, name, { value: shuffled(member, seed), enumerable: true })
  return copy
}

/** Objects without prototype count as objects. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    const copy: unknown[] = new Array(value.length)
    for (const name of Object.keys(value)) copy[Number(name)] = plain(value[Number(name)])
    return copy
  }
  if (value instanceof Set) return new Set([...value].map(plain))
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [plain(k), plain(v)]))
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Date) return value
  const copy = Object.create(null)
  for (const [name, member] of Object.entries(value))
    Object.defineProperty(copy, name, { value: plain(member), enumerable: true })
  return copy
}

const SPECIAL: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  0,
  -0,
  '',
  false,
  true,
  0n,
  [],
  {},
  new Set(),
  new Map(),
  new Date(0),
  new Date(Number.NaN),
  new Uint8Array(0),
]

law(
  'canonicalHash: swapping two special values in an array, an object or a map changes the hash',
  fc.property(fc.constantFrom(...SPECIAL), fc.constantFrom(...SPECIAL), (left, right) => {
    fc.pre(!Object.is(left, right))
    for (const pair of [
      (a: unknown, b: unknown): unknown => [a, b],
      (a: unknown, b: unknown): unknown => ({ a, b }),
      (a: unknown, b: unknown): unknown =>
        new Map([
          ['a', a],
          ['b', b],
        ]),
      (a: unknown, b: unknown): unknown => [[a], b],
    ])
      expect(canonicalHash(pair(left, right))).not.toBe(canonicalHash(pair(right, left)))
  }),
  { runs: 500 },
)
