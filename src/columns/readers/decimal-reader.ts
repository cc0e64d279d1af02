import type { Decimal } from 'apache-arrow'
import { decimalText, wordsToBigInt } from '../../internal/decimal.ts'
import type { ValueReader } from './reader.ts'

export function decimalReader(values: Uint32Array, { scale, bitWidth }: Decimal): ValueReader {
  const words = bitWidth / 32
  return (row) => {
    const scaled = wordsToBigInt(values, row * words, words)
    return scale >= 0 ? decimalText(scaled, scale) : (scaled * 10n ** BigInt(-scale)).toString()
  }
}
