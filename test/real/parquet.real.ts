import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TimestampMillisecond } from 'apache-arrow'
import { afterAll, describe, expect, test } from 'vitest'
import { encodeParquet } from '../../src/codecs/parquet/parquet.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { type PlainRow, READERS } from './parquet-readers.ts'

const MODULES = process.env['REAL_PARQUET_READERS']
const folder = mkdtempSync(join(tmpdir(), 'millrace-readers-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Values that would take a delta encoding or a dictionary wherever these are smaller. */
const rows = Array.from({ length: 5000 }, (_, i) => ({
  id: i,
  rising: BigInt(i) * 1000n + 9_007_199_254n,
  name: i % 7 === 0 ? null : `name ${i % 50}`,
  amount: i / 8,
  even: i % 2 === 0,
  at: new Date(1_700_000_000_000 + i),
  local: new Date(1_600_000_000_000 + i * 60_000),
  tags: Array.from({ length: i % 3 }, (_, k) => `order ${1_000_000 + i}-${k}`),
}))
const expected: PlainRow[] = rows.map((row) => ({
  ...row,
  id: String(row.id),
  rising: String(row.rising),
  at: row.at.getTime(),
  local: row.local.getTime(),
}))
const table = tableFromRows(rows, { schema: { local: new TimestampMillisecond() } })

describe.each(READERS)('$name reads what the defaults write', ({ name, rows: read }) => {
  test.skipIf(MODULES === undefined).each(['snappy', 'gzip', 'none'] as const)('%s', async (compression) => {
    const path = join(folder, `${name}-${compression}.parquet`)
    writeFileSync(path, await encodeParquet(table, { compression, rowGroupRows: 2000, pageBytes: 4096 }))
    expect(await read(path, MODULES ?? '')).toEqual(expected)
  })
})
