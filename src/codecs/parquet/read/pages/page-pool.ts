/** Memory of inflated pages, which later ones take again: if each were thrown away, V8 would collect every few of them. */
export interface PagePool {
  /** `size` bytes, whose content is arbitrary. */
  take(size: number): Uint8Array
  /** Return bytes that are no longer used. Bytes that were not taken, or were already returned, are ignored. */
  give(bytes: Uint8Array): void
}

/** Smaller pages are thrown away. */
const MIN_BYTES = 64 * 1024
/** Room is made in multiples of this, as pages of a column differ a little. */
const STEP = 16 * 1024
/** Room that is more times as large as a page is left to others. */
const MAX_WASTE = 4
/** Bytes that wait for pages, at most. */
const MAX_FREE = 16 * 1024 * 1024

export function pagePool(): PagePool {
  // Weak: a page that is never returned is garbage like any other.
  const taken = new WeakSet<ArrayBufferLike>()
  const free: ArrayBufferLike[] = []
  let freeBytes = 0

  /** The least room that holds a page. */
  function fitting(size: number): ArrayBufferLike | undefined {
    const fits = free.filter(({ byteLength }) => byteLength >= size && byteLength <= MAX_WASTE * size)
    const least = Math.min(...fits.map(({ byteLength }) => byteLength))
    const room = fits.find(({ byteLength }) => byteLength === least)
    if (room !== undefined) free.splice(free.indexOf(room), 1)
    return room
  }

  return {
    take(size) {
      if (size < MIN_BYTES) return new Uint8Array(size)
      const found = fitting(size)
      freeBytes -= found?.byteLength ?? 0
      // Not set to zero first.
      const room = found ?? Buffer.allocUnsafeSlow(Math.ceil(size / STEP) * STEP).buffer
      taken.add(room)
      return new Uint8Array(room, 0, size)
    },
    give({ buffer }) {
      if (!taken.delete(buffer) || buffer.byteLength > MAX_FREE) return
      free.push(buffer)
      freeBytes += buffer.byteLength
      while (freeBytes > MAX_FREE) freeBytes -= free.shift()?.byteLength ?? 0
    },
  }
}
