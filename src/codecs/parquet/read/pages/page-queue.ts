import type { ByteBudget } from '../bytes/byte-budget.ts'
import type { DataPage } from './data-page.ts'
import type { PageReader } from './page-reader.ts'

/** A page and how many of its slots have not been taken. */
export interface QueuedPage {
  readonly page: DataPage
  left: number
}

/** The pages that have been loaded ahead of the rows that need them. */
export interface PageQueue {
  readonly pages: readonly QueuedPage[]
  /** Load the next page; false after the last. */
  load(): Promise<boolean>
  /** Call `use` for the next `slots` slots, page by page; pages that are used up are dropped. */
  consume(slots: number, use: (page: DataPage, slots: number) => void): void
}

/** @param held - where the bytes of pages are counted that are held. */
export function pageQueue(reader: PageReader, held: ByteBudget): PageQueue {
  const pages: QueuedPage[] = []
  return {
    pages,
    async load() {
      // Columns of equal values come to the end of their pages together: not two whole pages of each.
      const last = pages.at(-1)?.page
      if (last?.values.compact?.()) last.release?.()
      const page = await reader.next()
      if (page !== undefined) pages.push({ page, left: page.slots })
      return page !== undefined
    },
    consume(slots, use) {
      while (slots > 0) {
        const queued = pages[0] as QueuedPage
        const take = Math.min(slots, queued.left)
        if (take > 0) use(queued.page, take)
        queued.left -= take
        slots -= take
        if (queued.left > 0) continue
        pages.shift()
        queued.page.release?.()
        held.release(queued.page.heldBytes)
      }
    },
  }
}

/** At the worst, the bytes that a slot of a page takes in Arrow. */
export function bytesPerSlot(page: DataPage, width: number): number {
  return Math.max(width, page.values.longestValue, width === 0 ? page.valueBytes / page.slots : 0)
}
