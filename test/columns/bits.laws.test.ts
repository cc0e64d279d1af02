import fc from 'fast-check'
import { expect } from 'vitest'
import { copyBits, countBits } from '../../src/columns/bits.ts'
import { law } from '../support/law.ts'

const bitAt = (bits: Uint8Array, index: number): number => ((bits[index >> 3] ?? 0) >> (index & 7)) & 1

law(
  'bits: any range of a bitmap is copied to any position of another, and no bit before it changes',
  fc.property(fc.uint8Array({ maxLength: 12 }), fc.nat(), fc.nat(), fc.nat(40), (from, one, other, at) => {
    const start = one % (from.length * 8 + 1)
    const length = other % (from.length * 8 - start + 1)
    const to = new Uint8Array((at + length + 7) >> 3)
    for (let index = 0; index < at; index++) to[index >> 3] = (to[index >> 3] ?? 0) | (1 << (index & 7))
    copyBits(from, start, length, to, at)
    for (let index = 0; index < at; index++) expect(bitAt(to, index)).toBe(1)
    for (let index = 0; index < length; index++) expect(bitAt(to, at + index)).toBe(bitAt(from, start + index))
  }),
)

law(
  'bits: counts the set bits of any prefix',
  fc.property(fc.uint8Array({ maxLength: 12 }), fc.nat(), (bits, one) => {
    const length = one % (bits.length * 8 + 1)
    let count = 0
    for (let index = 0; index < length; index++) count += bitAt(bits, index)
    expect(countBits(bits, length)).toBe(count)
  }),
)
