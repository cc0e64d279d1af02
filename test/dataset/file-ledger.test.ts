import { describe, expect, test } from 'vitest'
import { type FileLedger, fileLedger, type HandOver } from '../../src/dataset/file-ledger.ts'

/** Rows of 4 bytes beside their values; written at 200 bytes a file, under pressure beyond 600, down to 200. */
const LIMITS = { targetBytes: 1000, maxOpen: 2, maxBufferedBytes: 800, openBytes: 100 }

/** Rows as pairs of a partition and a size that includes those 4 bytes. */
function add(ledger: FileLedger, rows: readonly (readonly [partition: number, bytes: number])[]): number[] {
  const out = new Int32Array(rows.length)
  const partitions = Int32Array.from(rows, ([partition]) => partition)
  const sizes = Float64Array.from(rows, ([, bytes]) => bytes - 4)
  ledger.assign(partitions, sizes, 0, rows.length, out)
  return [...out]
}

const shown = (steps: readonly HandOver[]) =>
  steps.map(({ file, closes }) => `${closes ? 'close' : 'write'} ${file.id}`)

/** A ledger with files 0 and 1 open and idle. */
function withTwoOpen(limits: Partial<typeof LIMITS> = {}): FileLedger {
  const ledger = fileLedger({ ...LIMITS, ...limits })
  add(ledger, [
    [0, 200],
    [1, 200],
  ])
  expect(shown(ledger.due())).toEqual(['write 0', 'write 1'])
  return ledger
}

describe('a file is written', () => {
  test('once its rows are a row group', () => {
    const ledger = fileLedger(LIMITS)
    add(ledger, [[0, 199]])
    expect(ledger.due()).toEqual([])
    add(ledger, [[0, 4]])
    expect(shown(ledger.due())).toEqual(['write 0'])
    expect(ledger.due()).toEqual([])
  })

  test('and closed once it is as large as it shall be, the next row beginning another', () => {
    const ledger = fileLedger(LIMITS)
    expect(
      add(ledger, [
        [0, 504],
        [1, 10],
        [0, 504],
        [0, 10],
      ]),
    ).toEqual([0, 1, 0, 2])
    expect(shown(ledger.due())).toEqual(['close 0'])
    expect(ledger.files.map(({ partition, index, rows, bytes }) => [partition, index, rows, bytes])).toEqual([
      [0, 0, 2, 1000],
      [1, 0, 1, 6],
      [0, 1, 1, 6],
    ])
    expect(ledger.due()).toEqual([])
  })

  test('row ids of a window begin at its first row', () => {
    const ledger = fileLedger(LIMITS)
    const out = new Int32Array(2)
    ledger.assign(Int32Array.of(9, 5, 5, 9), Float64Array.of(1, 1, 1, 1), 1, 3, out)
    expect([...out]).toEqual([0, 0])
    expect(ledger.files[0]).toMatchObject({ partition: 5, rows: 2 })
  })
})

describe('where as many files are open as may be', () => {
  test('the one that has waited longest gives way', () => {
    const ledger = withTwoOpen()
    add(ledger, [[0, 200]])
    expect(shown(ledger.due())).toEqual(['write 0'])
    add(ledger, [[2, 200]])
    expect(shown(ledger.due())).toEqual(['close 1', 'write 2'])
    add(ledger, [[1, 200]])
    expect(ledger.files[3]).toMatchObject({ partition: 1, index: 1 })
    expect(shown(ledger.due())).toEqual(['close 0', 'write 3'])
  })

  test('none gives way that has rows; the new one is closed instead', () => {
    const ledger = withTwoOpen()
    add(ledger, [
      [0, 210],
      [1, 205],
      [2, 300],
    ])
    expect(shown(ledger.due())).toEqual(['close 2', 'write 0', 'write 1'])
  })

  test('none gives way to a file that is smaller than what an open one may hold', () => {
    const ledger = withTwoOpen()
    add(
      ledger,
      Array.from({ length: 8 }, (_, at) => [at + 2, 84] as const),
    )
    // 672 bytes wait: all but 200 of them go.
    expect(shown(ledger.due())).toEqual([2, 3, 4, 5, 6, 7].map((id) => `close ${id}`))
    expect(shown(ledger.rest())).toEqual([0, 1, 8, 9].map((id) => `close ${id}`))
  })

  test('a file as large as an open one may hold takes the place', () => {
    const ledger = withTwoOpen()
    add(
      ledger,
      Array.from({ length: 6 }, (_, at) => [at + 2, at === 3 ? 105 : at === 4 ? 104 : 100] as const),
    )
    expect(shown(ledger.due())).toEqual([
      'close 0',
      'write 5',
      'close 1',
      'write 6',
      'close 5',
      'write 2',
      'close 6',
      'write 3',
    ])
  })

  test('one at least may be open, however little memory there is', () => {
    const ledger = fileLedger({ ...LIMITS, maxBufferedBytes: 40 })
    add(ledger, [[0, 10]])
    expect(shown(ledger.due())).toEqual(['write 0'])
  })
})

describe('under pressure', () => {
  test('the files with the most rows in memory go first, of two alike the older one', () => {
    const ledger = fileLedger({ ...LIMITS, maxOpen: 100 })
    add(ledger, [
      [0, 150],
      [1, 160],
      [2, 150],
      [3, 160],
    ])
    expect(shown(ledger.due())).toEqual(['write 1', 'write 3', 'write 0'])
    expect(shown(ledger.rest())).toEqual([0, 1, 2, 3].map((id) => `close ${id}`))
  })

  test('open files count with what they may hold', () => {
    const ledger = withTwoOpen()
    add(ledger, [
      [0, 100],
      [1, 100],
      [2, 101],
      [3, 100],
    ])
    // 401 bytes and two times 100 are more than 600.
    expect(shown(ledger.due())).toEqual(['close 2', 'write 0'])
    expect(ledger.due()).toEqual([])
  })

  test('nothing goes at the limit itself', () => {
    const ledger = withTwoOpen()
    add(ledger, [
      [0, 100],
      [1, 100],
      [2, 100],
      [3, 100],
    ])
    expect(ledger.due()).toEqual([])
  })
})

test('at the end every file that is begun is closed once, in order', () => {
  const ledger = withTwoOpen()
  add(ledger, [
    [2, 10],
    [0, 1000],
    [3, 10],
  ])
  expect(shown(ledger.rest())).toEqual([0, 1, 2, 3].map((id) => `close ${id}`))
  expect(ledger.rest()).toEqual([])
  expect(ledger.due()).toEqual([])
  expect(ledger.begin(7)).toMatchObject({ id: 4, partition: 7, index: 0, rows: 0 })
})
