import type { InvalidRow } from '../codecs/index.ts'
import type { Flags } from './flag.ts'
import { flagOf } from './flag-value.ts'
import type { CommandWords } from './parse-command.ts'

const DEFAULT_SHOWN = 20

export const SHOWN_FLAG = {
  'show-refused': { option: 'showRefused', kind: 'number', help: `rejected rows to list; default ${DEFAULT_SHOWN}` },
} as const satisfies Flags

/** The number of rejected rows to list. */
export function shownRows(words: CommandWords): number {
  return (flagOf(words, SHOWN_FLAG, 'show-refused') as number | undefined) ?? DEFAULT_SHOWN
}

/** The rows that a codec rejected: their number by code, and the first of them. */
export interface RefusedRows {
  readonly count: number
  readonly byCode: Readonly<Record<string, number>>
  readonly first: readonly InvalidRow[]
  readonly add: (row: InvalidRow) => void
}

/** Count rejected rows, and keep the first `most` of them. */
export function refusedRows(most: number): RefusedRows {
  const byCode: Record<string, number> = {}
  const first: InvalidRow[] = []
  let count = 0
  return {
    get count() {
      return count
    },
    byCode,
    first,
    add(row) {
      count++
      byCode[row.code] = (byCode[row.code] ?? 0) + 1
      if (first.length < most) first.push(row)
    },
  }
}
