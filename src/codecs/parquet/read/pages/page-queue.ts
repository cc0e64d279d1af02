import type { ByteBudget } from '../bytes/byte-budget.ts'
import type { DataPage } from './data-page.ts'
import type { PageReader } from './page-reader.ts'

/** A page and its number of unused slots. */
export interface QueuedPage {
  readonly page: DataPage
  left: number
}

/** The pages loaded ahead of their rows. */
export interface PageQueue {
  readonly pages: readonly QueuedPage[]
  /** Load the next page; false after the last. */
  load(): Promise<boolean>
  /** Call `use` for the next `slots` slots, page by page; pages that are used up are dropped. */
  consume(slots: number, use: (page: DataPage, slots: number) => void): void
}

/** @param held - counts the bytes of pages that are held. */
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

/** Upper bound of the bytes of a page's slot in Arrow. */
export function bytesPerSlot(page: DataPage, width: number): number {
  return Math.max(width, page.values.longestValue, width === 0 ? page.valueBytes / page.slots : 0)
}
