import { systemCode } from './error-text.ts'
import { unwritable } from './write-error.ts'

/** An output stream of text or bytes, such as `process.stdout`. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  /** File descriptor, if it has one. */
  readonly fd?: number
  write(data: Uint8Array | string, done: (error?: Error | null) => void): unknown
}

/** The streams of the process, and its unfinished files. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array> & { readonly fd?: number }
  readonly stdout: Output
  readonly stderr: Output
  /** Paths of unfinished files, which are removed when the process ends for any reason. */
  readonly unfinished: Set<string>
}

/** Write to a stream, and wait until it was accepted. @throws `EPIPE` unchanged, if its reader has ended; otherwise MillraceError `WRITE_FAILED`. */
export function put(output: Output, data: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(data, (error) => {
      if (!error) resolve()
      else reject(systemCode(error) === 'EPIPE' ? error : unwritable(error))
    })
  })
}

/** Write a line to stderr. A closed stderr is ignored. */
export async function putNote(io: Io, line: string): Promise<void> {
  await put(io.stderr, `${line}\n`).catch(() => {})
}
