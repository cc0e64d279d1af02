/** First in, first out, without moving what is behind. */
export interface Queue<T> {
  items: (T | undefined)[]
  head: number
}

const COMPACT_AT = 1024

export function createQueue<T>(): Queue<T> {
  return { items: [], head: 0 }
}

export function sizeOf(queue: Queue<unknown>): number {
  return queue.items.length - queue.head
}

export function peek<T>(queue: Queue<T>): T | undefined {
  return queue.items[queue.head]
}

/** Remove the first item, if there is one. O(1), amortised. */
export function shift<T>(queue: Queue<T>): T | undefined {
  const { items, head } = queue
  if (head === items.length) return undefined
  const first = items[head]
  items[head] = undefined
  queue.head = head + 1
  if (queue.head === items.length) {
    items.length = 0
    queue.head = 0
  } else if (queue.head >= COMPACT_AT && queue.head * 2 >= items.length) {
    items.splice(0, queue.head)
    queue.head = 0
  }
  return first
}
