import type { CsvSettings } from '../codecs/csv/csv-options.ts'
import { csvPartRows } from '../codecs/csv/read/csv-parts.ts'
import { FAULT } from '../codecs/csv/read/rows/row-index.ts'
import { isMillraceError } from '../errors.ts'

/** Bytes examined before a boundary is chosen, and added each time that none can be chosen yet. */
const STEP_BYTES = 64 * 1024
const LF = 0x0a
const CR = 0x0d
const FAULTS: ReadonlySet<string> = new Set(Object.values(FAULT))

/** A boundary between rows, and complete rows after it. */
export interface Boundary {
  /** Start of a row, within the probe. */
  readonly at: number
  /** Start of a later row: the rows between can be surveyed. */
  readonly sampleEnd: number
}

/**
 * Find the beginning of a CSV row in a piece from the middle of a file.
 *
 * The piece may begin inside quotes or outside, and no byte alone shows which. So it is read from every possible state
 * of a reader, and states that break a rule are excluded: a quote in an unquoted field, text after a closing quote, a
 * row of another width. A boundary is a position at which a row begins in all remaining states. A piece without quotes
 * is assumed to be outside.
 *
 * @param probe - bytes of the file.
 * @param isEnd - whether the file ends with them.
 * @param width - columns of the file.
 * @returns undefined if there is no certain boundary. O(bytes).
 */
export function csvBoundary(
  probe: Uint8Array,
  isEnd: boolean,
  settings: CsvSettings,
  width: number,
): Boundary | undefined {
  const { quote } = settings.layout.dialect
  if (quote === false || !probe.includes(quote.charCodeAt(0))) return lineBoundary(probe)
  let readers = startStates(settings, quote).map((prefix) => startReader(prefix, settings, width))
  for (let from = 0; from < probe.length; from += STEP_BYTES) {
    const to = Math.min(from + STEP_BYTES, probe.length)
    const isLast = to === probe.length
    for (const reader of readers) reader.read(probe.subarray(from, to), isLast && isEnd)
    readers = readers.filter((reader) => !reader.isRefuted)
    const found = agreedBoundary(readers, probe.length)
    if (found !== undefined) return found
  }
  return undefined
}

/** The first complete line break, and the last one within the first step. */
function lineBoundary(probe: Uint8Array): Boundary | undefined {
  const at = lineStart(probe, 0)
  if (at === undefined) return undefined
  let sampleEnd = at
  for (let next: number | undefined = at; next !== undefined && next < STEP_BYTES; next = lineStart(probe, next))
    sampleEnd = next
  return { at, sampleEnd }
}

/** Start of the next line; undefined if it is not within the bytes. */
function lineStart(bytes: Uint8Array, from: number): number | undefined {
  for (let at = from; at + 1 < bytes.length; at++) {
    if (bytes[at] === LF) return at + 1
    if (bytes[at] === CR) return bytes[at + 1] === LF ? (at + 2 < bytes.length ? at + 2 : undefined) : at + 1
  }
  return undefined
}

/** Texts that bring a reader into every possible state: outside quotes, inside, or between two bytes of a mark. */
function startStates({ layout }: CsvSettings, quote: string): string[] {
  const { escape: escapeMark, comment, trim } = layout.dialect
  return [
    '',
    'x',
    `${quote}x`,
    escapeMark === quote ? `${quote}${quote}` : `${quote}${escapeMark}`,
    `${quote}x${quote}`,
    ...(trim ? [' ', `${quote}x${quote} `] : []),
    ...(comment === undefined ? [] : [comment]),
  ]
}

interface StateReader {
  readonly isRefuted: boolean
  /** Starts of rows, except the first one. */
  readonly rowStarts: readonly number[]
  read(bytes: Uint8Array, isEnd: boolean): void
}

/** Read a probe, starting in a state. */
function startReader(prefix: string, settings: CsvSettings, width: number): StateReader {
  const rows = csvPartRows(settings, width)
  const before = Buffer.byteLength(prefix)
  const rowStarts: number[] = []
  let isRefuted = false
  let hasEnded = false
  let length = before
  rows.push(Buffer.from(prefix))

  function readRows(): void {
    for (;;) {
      const block = rows.next(1, 1)
      if (block === undefined) return
      // The first row is cut, so its width is meaningless.
      if (block.faults.some(({ line, reason }) => line > 1 || FAULTS.has(reason))) {
        isRefuted = true
        return
      }
      const unread = rows.unread()
      if (!hasEnded && unread !== undefined) rowStarts.push(length - before - (unread.end - unread.start))
    }
  }

  return {
    get isRefuted() {
      return isRefuted
    },
    rowStarts,
    read(bytes, isEnd) {
      length += bytes.length
      try {
        rows.push(bytes)
        readRows()
        if (!isEnd || isRefuted) return
        hasEnded = true
        rows.push(undefined)
        readRows()
      } catch (error) {
        if (!isMillraceError(error, 'LIMIT_EXCEEDED')) throw error
        isRefuted = true
      }
    },
  }
}

/** A position at which a row begins for all remaining readers: from there on they agree. */
function agreedBoundary(readers: readonly StateReader[], length: number): Boundary | undefined {
  const [first, ...others] = readers.map(({ rowStarts }) => rowStarts)
  const sets = others.map((rowStarts) => new Set(rowStarts))
  const starts = (first ?? []).filter((at) => at > 0 && at < length && sets.every((set) => set.has(at)))
  const [at] = starts
  return at === undefined ? undefined : { at, sampleEnd: starts.at(-1) ?? at }
}
