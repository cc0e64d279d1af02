import { systemCode } from './error-text.ts'
import { unwritable } from './write-error.ts'

/** A stream that text or bytes are written to, such as `process.stdout`. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  /** File descriptor, where it has one. */
  readonly fd?: number
  write(data: Uint8Array | string, done: (error?: Error | null) => void): unknown
}

/** The streams of the process, and the files that must not outlive it. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array> & { readonly fd?: number }
  readonly stdout: Output
  readonly stderr: Output
  /** Paths of unfinished files, which are removed when the process ends, whatever ends it. */
  readonly unfinished: Set<string>
}

/** Write to a stream, and wait until it was taken. @throws `EPIPE` as it is, where nobody reads any more; MillraceError `WRITE_FAILED` else. */
export function put(output: Output, data: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(data, (error) => {
      if (!error) resolve()
      else reject(systemCode(error) === 'EPIPE' ? error : unwritable(error))
    })
  })
}

/** Write a line for whoever watches. Nobody need: a closed stderr changes nothing. */
export async function putNote(io: Io, line: string): Promise<void> {
  await put(io.stderr, `${line}\n`).catch(() => {})
}
