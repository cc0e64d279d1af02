/** An entry that waits for earlier ones of its key. */
export interface Lined {
  readonly key: string | undefined
  /** The entry of the same key that waits for this one. */
  next: this | undefined
  bucket: this[] | undefined
}

/** Queues of entries by key: the first entry of a queue may be sent, the others wait for it. */
export interface KeyLines<One extends Lined> {
  /** Append an entry to the queue of its key. Returns true if it is the first one. O(characters of the key). */
  join(one: One): boolean
  /** Remove the first entry of a queue. Returns the new first one. */
  leave(one: One): One | undefined
}

const MAX_BUCKETS = 16_384

/**
 * Hash table of the last entry of each queue. A Map that grows and shrinks leaves garbage tables every few thousand
 * keys until the next full collection, 100 MB for a million keys; this table is allocated once.
 *
 * @param most - the largest number of entries at the same time.
 */
export function createKeyLines<One extends Lined>(most: number): KeyLines<One> {
  const count = Math.min(most, MAX_BUCKETS)
  let buckets: (One[] | undefined)[] | undefined
  return {
    join(one) {
      const { key } = one
      if (key === undefined) return true
      const slot = hashOf(key) % count
      buckets ??= new Array(count).fill(undefined)
      const bucket = buckets[slot] ?? []
      buckets[slot] = bucket
      one.bucket = bucket
      for (let at = 0; at < bucket.length; at++) {
        const last = bucket[at] as One
        if (last.key !== key) continue
        last.next = one
        bucket[at] = one
        return false
      }
      bucket.push(one)
      return true
    },
    leave(one) {
      const { next, bucket } = one
      one.next = undefined
      if (next === undefined && bucket !== undefined) {
        // The last takes its place: the order within a bucket means nothing.
        bucket[bucket.indexOf(one)] = bucket[bucket.length - 1] as One
        bucket.pop()
      }
      return next
    },
  }
}

/** FNV-1a over UTF-16. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
