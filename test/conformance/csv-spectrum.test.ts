import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { decodeCsv, encodeCsv } from '../../src/codecs/csv/csv.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'

const corpus = fileURLToPath(new URL('../../../shared/corpora/csv/', import.meta.url))
const names = existsSync(corpus) ? readdirSync(`${corpus}csvs`).map((file) => file.replace(/\.csv$/, '')) : []

describe.skipIf(names.length === 0)('csv-spectrum (skipped where ../shared/corpora is absent)', () => {
  test.each(names)('%s: the rows it gives, all text', (name) => {
    const bytes = readFileSync(`${corpus}csvs/${name}.csv`)
    const expected: unknown = JSON.parse(readFileSync(`${corpus}json/${name}.json`, 'utf8'))
    const header = Object.keys((parse(bytes, { columns: true, bom: true }) as object[])[0] ?? {})
    const schema = Object.fromEntries(header.map((column) => [column, 'string' as const]))
    const table = decodeCsv(bytes, { schema, nullValues: [] })
    expect([...rowsFromTable(table)]).toEqual(expected)
    expect([...rowsFromTable(decodeCsv(encodeCsv(table), { schema, nullValues: [] }))]).toEqual(expected)
  })

  test.each(names)('%s: csv-parse reads the same rows under inferred types, and what was written', (name) => {
    const bytes = readFileSync(`${corpus}csvs/${name}.csv`)
    const rows = (source: Uint8Array): unknown => parse(Buffer.from(source), { columns: true, bom: true })
    expect(rows(encodeCsv(decodeCsv(bytes)))).toEqual(rows(bytes))
  })
})
