import type { Runs } from '../bytes/runs.ts'
import { type ByteValues, type Dictionary, type FixedValues, usedBytes } from '../bytes/value-buffers.ts'
import { noSuchEntry } from '../invalid.ts'
import type { DictionaryPlace } from './dictionary-place.ts'
import { PIECE_VALUES, type ReadKernel } from './read-kernel.ts'
import { takeIndexes } from './take-indexes.ts'
import { appendTexts, makeRoom } from './take-texts.ts'

/** Texts that wait in the kernel's memory: one row of a list column may have any number, and its limits count what is appended. */
const MAX_WAITING = 32 * 1024 * 1024

/**
 * Append up to `count` values of a dictionary, by the next indexes, as far as there is room.
 *
 * @returns how many were appended; fewer where TypeScript has to continue.
 */
export function gatherInKernel(
  kernel: ReadKernel,
  runs: Runs,
  dictionary: Dictionary,
  count: number,
  into: FixedValues | ByteValues,
): number {
  const place = kernel.placeOf(dictionary)
  if (place === undefined || dictionary.values.kind !== into.kind) return 0
  return into.kind === 'bytes'
    ? gatherTexts(kernel, runs, dictionary, place, count, into)
    : gatherWords(kernel, runs, dictionary, place, count, into)
}

function takeChecked(kernel: ReadKernel, runs: Runs, count: number, size: number): number {
  const taken = takeIndexes(kernel, runs, Math.min(count, PIECE_VALUES))
  if (kernel.exports.areIndexes(kernel.indexes, taken, size) === 0) throw noSuchEntry()
  return taken
}

function gatherWords(
  kernel: ReadKernel,
  runs: Runs,
  dictionary: Dictionary,
  place: DictionaryPlace,
  count: number,
  into: FixedValues,
): number {
  const { exports, memory, indexes, values } = kernel
  const { width } = into
  for (let done = 0; done < count; ) {
    const taken = takeChecked(kernel, runs, count - done, dictionary.values.count)
    if (taken === 0) return done
    exports.gatherWords(place.values, width, indexes, taken, values)
    into.bytes.set(memory.bytes.subarray(values, values + taken * width), into.count * width)
    into.count += taken
    done += taken
  }
  return count
}

function gatherTexts(
  kernel: ReadKernel,
  runs: Runs,
  dictionary: Dictionary,
  place: DictionaryPlace,
  count: number,
  into: ByteValues,
): number {
  const { exports, memory, indexes, values } = kernel
  const start = memory.top
  const room = { start, to: start }
  let done = 0
  let waiting = 0
  try {
    while (done < count) {
      const taken = takeChecked(kernel, runs, count - done, dictionary.values.count)
      if (taken === 0) break
      makeRoom(kernel, room, taken * dictionary.longestValue)
      const before = usedBytes(into) + room.to - start
      room.to = exports.gatherTexts(place.values, place.text, indexes, taken, before, values, room.to) >>> 0
      into.offsets.set(memory.words.subarray(values >> 2, (values >> 2) + taken), into.count + waiting + 1)
      done += taken
      waiting += taken
      if (room.to - start < MAX_WAITING) continue
      appendTexts(kernel, room, into, waiting)
      room.to = start
      waiting = 0
    }
    appendTexts(kernel, room, into, waiting)
    return done
  } finally {
    memory.release(start)
  }
}
