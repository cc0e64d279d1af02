import { type CodecInput, type CodecOptions, codecFor } from '../codecs/index.ts'
import { refusedRows } from './refused-rows.ts'
import { type Survey, survey } from './survey.ts'

/** A file that was read once or twice. */
export interface ReadTypes {
  /** The file read with the types of all rows, unless the user has set a number. */
  readonly survey: Survey
  /** The file read with the types of its first rows, if those do not fit all rows. */
  readonly firstRows: Survey | undefined
  /** CPU seconds of reading it once. */
  readonly cpuSeconds: number
}

/**
 * Read a file like a stream, with the types of its first rows; then again with those of all rows, if a later row does not fit.
 *
 * @param again - called before the second reading.
 */
export async function readTypes(
  key: string,
  options: CodecOptions,
  source: CodecInput,
  shown: number,
  again: () => void,
): Promise<ReadTypes> {
  const read = (more: CodecOptions): Promise<Survey> =>
    survey((onInvalidRow) => codecFor(key, { ...options, ...more, onInvalidRow }), source, refusedRows(shown))
  const start = process.cpuUsage()
  const once = await read({})
  const { user, system } = process.cpuUsage(start)
  const cpuSeconds = (user + system) / 1e6
  const isSettled = once.refused.byCode['TYPE_MISMATCH'] === undefined || options.inferRows !== undefined
  if (isSettled) return { survey: once, firstRows: undefined, cpuSeconds }
  again()
  const twice = await read({ inferRows: Number.POSITIVE_INFINITY })
  return { survey: twice, firstRows: once, cpuSeconds }
}
