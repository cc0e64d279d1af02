import { expect, test, vi } from 'vitest'
import { hashSet } from '../../src/columns/hash-set.ts'
import { rowHashKernel } from '../../src/columns/row-hash-kernel.ts'
import { kernelMaker } from '../../src/internal/kernel.ts'
import { CSV_ROWS } from '../../src/internal/kernels/csv-rows.ts'
import { DISTINCT_ROWS } from '../../src/internal/kernels/distinct-rows.ts'
import { GATHER } from '../../src/internal/kernels/gather.ts'
import { JSON_ROWS } from '../../src/internal/kernels/json-rows.ts'
import { PARQUET_WRITE } from '../../src/internal/kernels/parquet-write.ts'

const newKernel = kernelMaker<object>(CSV_ROWS)

test('regions do not overlap, begin at multiples of 16, and are reserved again after release', () => {
  const { memory } = newKernel()
  const first = memory.reserve(5)
  const second = memory.reserve(0)
  const third = memory.reserve(16)
  expect([first % 16, second - first, third - first]).toEqual([0, 16, 16])
  memory.release(second)
  expect(memory.reserve(1)).toBe(third)
})

test('memory grows to hold what is reserved, keeps what it holds, and its views with it', () => {
  const { memory } = newKernel()
  const start = memory.reserve(8)
  memory.bytes[start] = 7
  const end = memory.reserve(3_000_000) + 3_000_000
  expect(memory.bytes.length).toBeGreaterThanOrEqual(end)
  expect(memory.words.length * 4).toBe(memory.bytes.length)
  expect(memory.bytes[start]).toBe(7)
  expect(memory.words[start >> 2]).toBe(7)
})

test('memory goes beyond 2 GiB, and says so where there is no more', () => {
  const { memory } = newKernel()
  const half = memory.reserve(0x7ffffff5)
  const above = memory.reserve(16)
  expect(above).toBe(half + 0x80000000)
  expect(memory.bytes.length).toBeGreaterThanOrEqual(above + 16)
  const limit = expect.objectContaining({ code: 'LIMIT_EXCEEDED', message: expect.stringContaining('4 GiB') })
  expect(() => memory.reserve(2 ** 31)).toThrow(limit)
  expect(memory.top).toBe(above + 16)
})

test('two kernels share no memory', () => {
  const [one, other] = [newKernel(), newKernel()]
  const start = one.memory.reserve(8)
  one.memory.bytes[start] = 7
  expect(other.memory.reserve(8)).toBe(start)
  expect(other.memory.bytes[start]).toBe(0)
})

test('a kernel that was left is taken again, wiped, by one run alone, however often it was left', () => {
  const makeKernel = kernelMaker<object>(CSV_ROWS)
  const { exports, memory, leave } = makeKernel()
  const start = memory.reserve(2_000_000)
  memory.bytes.fill(7, start, start + 2_000_000)
  memory.release(start)
  leave()
  leave()
  const again = makeKernel()
  const other = makeKernel()
  expect(again.exports).toBe(exports)
  expect(other.exports).not.toBe(exports)
  expect(again.memory.reserve(2_000_000)).toBe(start)
  expect(again.memory.bytes.subarray(start, start + 2_000_000).every((byte) => byte === 0)).toBe(true)
  leave()
  expect(makeKernel().exports).not.toBe(exports)
})

test.each([
  ['csv-rows', CSV_ROWS],
  ['json-rows', JSON_ROWS],
])(
  'a kernel that is taken again has the memory of a new one, its own data and what longer runs have written as well: %s',
  (_, code) => {
    const makeKernel = kernelMaker<object>(code)
    const fresh = makeKernel().memory.bytes.slice()
    const long = makeKernel()
    long.memory.reserve(3_000_000)
    long.memory.bytes.fill(7, 0, long.memory.top)
    long.leave()
    const short = makeKernel()
    expect(short.exports).toBe(long.exports)
    short.memory.bytes.fill(7, 0, short.memory.reserve(16) + 16)
    short.leave()
    const { exports, memory } = makeKernel()
    expect(exports).toBe(long.exports)
    expect(Buffer.compare(memory.bytes.subarray(0, fresh.length), fresh)).toBe(0)
    expect(memory.bytes.subarray(fresh.length).every((byte) => byte === 0)).toBe(true)
  },
)

test('a kernel that is not left is never taken again, and no more than eight are held', () => {
  const makeKernel = kernelMaker<object>(CSV_ROWS)
  const kernels = Array.from({ length: 12 }, makeKernel)
  expect(new Set(kernels.map(({ exports }) => exports)).size).toBe(12)
  for (const { leave } of kernels) leave()
  const again = Array.from({ length: 12 }, makeKernel)
  const old = new Set(kernels.map(({ exports }) => exports))
  expect(again.filter(({ exports }) => old.has(exports))).toHaveLength(8)
})

test('a kernel that reserved over 16 MiB is not taken again: wiping would make all of it resident', () => {
  const makeKernel = kernelMaker<object>(CSV_ROWS)
  const { exports, memory, leave } = makeKernel()
  memory.reserve(16 * 1024 * 1024)
  leave()
  expect(makeKernel().exports).not.toBe(exports)
})

test('memory that ends before 4 GiB says that the process has none', () => {
  const { exports, memory } = newKernel()
  const wasm = Reflect.get(exports, 'memory') as { grow(pages: number): number }
  const grow = vi.spyOn(Object.getPrototypeOf(wasm), 'grow').mockImplementation(() => {
    throw new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory')
  })
  try {
    const limit = {
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining('the process has no memory'),
      cause: expect.any(RangeError),
    }
    expect(() => memory.reserve(1 << 24)).toThrow(expect.objectContaining(limit))
    const rows = hashSet(rowHashKernel())
    const distinct = {
      ...limit,
      message: expect.stringContaining('the process has no memory for more than 0 distinct rows'),
      cause: expect.objectContaining(limit),
    }
    expect(() => rows.add(0, 1 << 24, new Int32Array(0), 0)).toThrow(expect.objectContaining(distinct))
  } finally {
    grow.mockRestore()
  }
})

test.each([
  ['csv-rows', CSV_ROWS],
  ['distinct-rows', DISTINCT_ROWS],
  ['gather', GATHER],
  ['json-rows', JSON_ROWS],
  ['parquet-write', PARQUET_WRITE],
])('the kernel %s compiles, and says where its heap begins', (_, code) => {
  const { exports, memory } = kernelMaker<{ readonly heapStart: { readonly value: number } }>(code)()
  expect(exports.heapStart.value).toBeGreaterThan(0)
  expect(memory.top).toBe(Math.ceil(exports.heapStart.value / 16) * 16)
})

test('a kernel that was left and is gone is made anew', () => {
  vi.stubGlobal(
    'WeakRef',
    class {
      deref() {
        return undefined
      }
    },
  )
  try {
    const make = kernelMaker<object>(CSV_ROWS)
    const first = make()
    first.leave()
    expect(make().exports).not.toBe(first.exports)
  } finally {
    vi.unstubAllGlobals()
  }
})
