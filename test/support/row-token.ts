import type { Cell } from './arbitrary-table.ts'

/** Equal for equal rows: what the contract calls equal. */
export function rowToken(row: readonly Cell[]): string {
  return JSON.stringify(row, (_, value: unknown) => {
    if (typeof value === 'bigint') return `bigint ${value}`
    if (typeof value === 'number') return `number ${value === 0 ? 0 : value}`
    return value instanceof Uint8Array ? `bytes ${Buffer.from(value).toString('hex')}` : value
  })
}
