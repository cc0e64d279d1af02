import { changed, changedInPlace } from './bytes.ts'
import type { Mutator } from './mutator.ts'

/** Bytes of a length and of `PAR1`, at the end of a file. */
const TAIL = 8

/**
 * Make a mutator of Parquet files: pages keep their places, and the footer its length, so that most cases get beyond the checks of both.
 *
 * @param start - bytes at the start that are choices of the surface.
 */
export function mutateParquet(start: number): Mutator {
  return (input, random, pool) => {
    const choices = input.slice(0, start)
    if (random.once(4)) choices[random.below(start)] = random.below(256)
    let file: Uint8Array = input.slice(start)
    for (let turns = 1 << random.below(3); turns > 0; turns--) {
      const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
      const length = file.length < TAIL ? 0 : view.getUint32(file.length - TAIL, true)
      const footer = file.length - TAIL - length
      if (footer < 4 || random.once(12)) file = changed(file, random, pool, () => pool.other().subarray(start))
      else if (random.once(2)) {
        const body = file.subarray(0, footer)
        changedInPlace(body, random)
      } else file = withFooter(file.subarray(0, footer), changedFooter(file.slice(footer, footer + length)))
    }
    return Buffer.concat([choices, file])

    function changedFooter(footer: Uint8Array): Uint8Array {
      if (random.once(2) && footer.length > 0) return changedInPlace(footer, random)
      return changed(footer, random, pool, () => footerOf(pool.other().subarray(start)))
    }
  }
}

function footerOf(file: Uint8Array): Uint8Array {
  if (file.length < TAIL) return file
  const length = new DataView(file.buffer, file.byteOffset, file.byteLength).getUint32(file.length - TAIL, true)
  return file.subarray(Math.max(0, file.length - TAIL - length), file.length - TAIL)
}

function withFooter(body: Uint8Array, footer: Uint8Array): Uint8Array {
  const tail = new Uint8Array(TAIL)
  new DataView(tail.buffer).setUint32(0, footer.length, true)
  tail.set([0x50, 0x41, 0x52, 0x31], 4)
  return Buffer.concat([body, footer, tail])
}
