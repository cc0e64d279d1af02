import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { decodeJson, decodeNdjson } from '../../../src/codecs/json/json.ts'
import { readInChild } from '../support/codec-in-child.ts'
import { bytes, failureOf, rowsOf } from './support.ts'

/** A row of so many keys, `c0` to the last, each with a value. */
const wide = (keys: number, from = 0): string =>
  Array.from({ length: keys }, (_, index) => `"c${from + index}":${index}`).join(',')

describe('time', () => {
  test('10,000 columns of which a row has few', { timeout: 10_000 }, () => {
    const columns = 10_000
    const key = (row: number, place: number): number => (row * 7919 + place * 4801) % columns
    const lines = Array.from({ length: columns }, (_, row) => `{"c${key(row, 0)}":${row},"c${key(row, 1)}":"x"}\n`)
    const table = decodeNdjson(bytes(lines.join('')))
    expect([table.numRows, table.numCols]).toEqual([columns, columns])
    const nulls = table.schema.fields.map((_, index) => table.getChildAt(index)?.nullCount ?? 0)
    expect(nulls.reduce((sum, count) => sum + count, 0)).toBe(columns * columns - 2 * columns)
    expect(String(table.getChild(`c${key(77, 0)}`)?.get(77))).toBe('77')
  })

  test('rejected rows of thousands of new keys', { timeout: 5000 }, () => {
    const lines = Array.from({ length: 40 }, (_, row) => `{${wide(9_900, row * 10_000)},bad}\n`)
    const refused: number[] = []
    const table = decodeNdjson(bytes(`{"a":1}\n${lines.join('')}`), { onInvalidRow: ({ row }) => refused.push(row) })
    expect(refused).toHaveLength(40)
    expect(table.schema.fields.map(({ name }) => name)).toEqual(['a'])
  })
})

describe('work', () => {
  const lines = 4000
  const limits = { maxDepth: 500 }
  /** Far fewer times than rows may be nested. */
  const FEW = 30

  /** The least processor time of three reads that reject every row but the first. */
  function timeOf(line: string): number {
    const source = bytes(`{"id":1}\n${line.repeat(lines)}`)
    const times = Array.from({ length: 3 }, () => {
      let rejected = 0
      const started = process.cpuUsage()
      decodeNdjson(source, { limits, onInvalidRow: () => rejected++ })
      const { user, system } = process.cpuUsage(started)
      expect(rejected).toBe(lines)
      return user + system
    })
    return Math.min(...times)
  }

  test('lines that are cut off cost about what lines of any other fault do, at any limit of nesting', () => {
    const plain = timeOf('{"id":1,"a":[{"b":2},x]}\n')
    const cut = [
      '{"id":\n',
      '{"id":\r',
      '{"id":1,"a":[{"b":2},{"c":\n',
      '{"id":[\n',
      '[1,\n',
      '[\n',
      '{"id":\n\n\n',
      ' {"id":\n',
      '{\n"id":\n',
      '{\n  "id": [\n',
      '{"id":"\\ud800","a":\n',
      `{"id":${'['.repeat(60)}\n`,
    ]
    for (const line of cut) expect(timeOf(line) / plain, JSON.stringify(line)).toBeLessThan(FEW)
  })
})

describe('memory', () => {
  test('60 MB of NDJSON within 350 MB, the file itself included', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-'))
    try {
      const path = join(folder, 'rows.ndjson')
      const rows = 600_000
      const filler = 'x'.repeat(60)
      const lines = Array.from(
        { length: rows },
        (_, id) => `{"id":${1_000_000 + id},"note":"${filler}","list":[1,2]}\n`,
      )
      writeFileSync(path, lines.join(''))
      const [outcome] = await readInChild([path])
      expect(outcome).toMatchObject({ outcome: 'read', rows })
      expect(outcome?.peakMb).toBeLessThan(350)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('a row with a repeated key and millions of values', async () => {
    const row = `{"a":1,"list":[0${',0'.repeat(2_000_000)}],"a":2}`
    expect(await rowsIn(64, row)).toBe(1)
  })

  test('lists of objects of which few have many keys are rejected before they need it', () => {
    const row = `{"list":[{${wide(9_000)}}${',{}'.repeat(5_000)}]}`
    expect(failureOf(() => decodeJson(bytes(`[${row}]`))).code).toBe('LIMIT_EXCEEDED')
    const limits = { maxRowBytes: 4000 }
    expect(decodeJson(bytes('[{"list":[1,2,3]}]'), { limits }).numRows).toBe(1)
    expect(failureOf(() => decodeJson(bytes(`[{"list":[0${',0'.repeat(500)}]}]`), { limits })).code).toBe(
      'LIMIT_EXCEEDED',
    )
  })

  test('a row of more keys than are compared', () => {
    const keys = Array.from({ length: 100_001 }, (_, index) => `"${index}":0`).join(',')
    const mixed = '{"a":1}\n{"a":"x"}\n'
    const source = bytes(`${mixed}{"a":{${keys}},"b":1,"b":2}`)
    expect(failureOf(() => decodeNdjson(source)).code).toBe('LIMIT_EXCEEDED')
  })
})

test('a column without a value in one batch has its values in the next', () => {
  const filler = `{"pad":"${'x'.repeat(1_000_000)}"}\n`
  const full = '{"pad":"","a":1,"b":{"c":"x"},"d":[1],"e":true,"f":1.5,"g":"2024-02-29"}\n'
  const table = decodeNdjson(bytes(full + filler.repeat(8) + full + filler.repeat(8) + full))
  expect(table.batches.length).toBeGreaterThan(3)
  const rows = rowsOf(table).map(({ pad: _, ...row }) => row)
  const nulls = { a: null, b: null, d: null, e: null, f: null, g: null }
  const values = { a: 1n, b: { c: 'x' }, d: [1n], e: true, f: 1.5, g: new Date('2024-02-29') }
  const gap = Array.from({ length: 8 }, () => nulls)
  expect(rows).toEqual([values, ...gap, values, ...gap, values])
})

/** The rows of NDJSON text, read in a thread with so many MiB of heap. */
function rowsIn(heapMb: number, source: string): Promise<number> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.url).then(({ decodeNdjson }) => parentPort.postMessage(decodeNdjson(workerData.bytes).numRows))
  `
  const url = new URL('../../../src/codecs/json/json.ts', import.meta.url).href
  return new Promise((resolve, reject) => {
    const worker = new Worker(code, {
      eval: true,
      workerData: { url, bytes: bytes(source) },
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    })
    worker.on('message', resolve)
    worker.on('error', reject)
  })
}
