import { concurrently } from './concurrently.ts'
import type { Boundary } from './csv-boundary.ts'
import type { Part, PlannedObject } from './planned-object.ts'

const PROBES_AT_ONCE = 8

/**
 * Find the boundaries of an object of text.
 *
 * @param rowsAt - start of its first row.
 * @param addSample - called with rows at each boundary, in order, so that a plan depends only on the object.
 */
export async function textParts(
  { source, size, targetBytes, probeBytes }: PlannedObject,
  rowsAt: number,
  findBoundary: (probe: Uint8Array, isEnd: boolean) => Boundary | undefined,
  addSample: (rows: Uint8Array) => void,
): Promise<Part[]> {
  const aims: number[] = []
  for (let at = targetBytes; at < size; at += targetBytes) if (at > rowsAt) aims.push(at)
  const parts: Part[] = []
  let start = 0
  const add = (at: number, sample: Uint8Array): void => {
    if (at <= start || at <= rowsAt) return
    parts.push({ start, end: at })
    addSample(sample)
    start = at
  }
  /** Boundaries that were found out of order. */
  const early = new Map<number, (() => void) | undefined>()
  let next = 0
  await concurrently(aims, PROBES_AT_ONCE, async (aim, index) => {
    const end = Math.min(aim + probeBytes, size)
    // The line break before a row that begins at the aim is needed to detect it.
    const from = aim - 1
    const probe = await source.read(from, end)
    const boundary = findBoundary(probe, end === size)
    const sample = boundary && probe.slice(boundary.at, boundary.sampleEnd)
    early.set(index, sample && (() => add(from + boundary.at, sample)))
    for (; early.has(next); next++) {
      early.get(next)?.()
      early.delete(next)
    }
  })
  parts.push({ start, end: size })
  return parts
}
