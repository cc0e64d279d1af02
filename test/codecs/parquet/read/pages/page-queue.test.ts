import { describe, expect, test } from 'vitest'
import { byteBudget } from '../../../../../src/codecs/parquet/read/bytes/byte-budget.ts'
import type { DataPage } from '../../../../../src/codecs/parquet/read/pages/data-page.ts'
import { bytesPerSlot, pageQueue } from '../../../../../src/codecs/parquet/read/pages/page-queue.ts'

function page(slots: number, more: Partial<DataPage> & { compacts?: boolean; log?: string[] } = {}): DataPage {
  const { compacts, log = [], ...rest } = more
  const compact = () => {
    log.push(`compact ${slots}`)
    return compacts === true
  }
  return {
    slots,
    repetition: undefined,
    definition: undefined,
    values: { longestValue: 0, read() {}, ...(compacts === undefined ? {} : { compact }) },
    valueBytes: 0,
    heldBytes: slots,
    release: () => void log.push(`release ${slots}`),
    dictionary: undefined,
    chunkDictionary: undefined,
    ...rest,
  }
}

async function queueOf(pages: DataPage[], maxHeld = 1000) {
  const held = byteBudget(maxHeld, 'held')
  const queue = pageQueue({ next: async () => pages.shift() }, held)
  return { queue, held }
}

describe('a queue of pages', () => {
  test('is filled page by page, and says when there is none', async () => {
    const { queue } = await queueOf([page(3), page(4)])
    expect(await queue.load()).toBe(true)
    expect(await queue.load()).toBe(true)
    expect(await queue.load()).toBe(false)
    expect(queue.pages.map(({ left }) => left)).toEqual([3, 4])
  })

  test('is used slot by slot: pages that are used up are released, once, and held no more', async () => {
    const log: string[] = []
    const { queue, held } = await queueOf([page(3, { log }), page(2, { log }), page(4, { log })], 9)
    for (let i = 0; i < 3; i++) await queue.load()
    held.take(9)
    const used: [number, number][] = []
    const consume = (slots: number) => queue.consume(slots, ({ slots: of }, count) => used.push([of, count]))
    consume(2)
    expect([used, log]).toEqual([[[3, 2]], []])
    expect(() => held.take(1)).toThrow()
    held.release(1)
    consume(0)
    consume(4)
    expect(used).toEqual([
      [3, 2],
      [3, 1],
      [2, 2],
      [4, 1],
    ])
    expect(log).toEqual(['release 3', 'release 2'])
    expect(queue.pages.map(({ left }) => left)).toEqual([3])
    held.take(5)
    expect(() => held.take(1)).toThrow()
  })

  test('compacts the last page before the next is loaded, and releases its memory if it could', async () => {
    const log: string[] = []
    const { queue } = await queueOf([
      page(3, { log, compacts: false }),
      page(2, { log, compacts: true }),
      page(4, { log }),
    ])
    for (let i = 0; i < 3; i++) await queue.load()
    expect(log).toEqual(['compact 3', 'compact 2', 'release 2'])
    await queue.load()
    expect(log).toEqual(['compact 3', 'compact 2', 'release 2'])
  })
})

test('bytes of a slot: of its width, of the longest value, or of its share of the page', () => {
  const values = (longestValue: number) => ({ longestValue, read() {} })
  expect(bytesPerSlot(page(10, { valueBytes: 500, values: values(0) }), 8)).toBe(8)
  expect(bytesPerSlot(page(10, { valueBytes: 500, values: values(20) }), 8)).toBe(20)
  expect(bytesPerSlot(page(10, { valueBytes: 500, values: values(0) }), 0)).toBe(50)
  expect(bytesPerSlot(page(10, { valueBytes: 500, values: values(60) }), 0)).toBe(60)
})
