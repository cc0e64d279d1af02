import { openSync, readFileSync, writeSync } from 'node:fs'

/** The case that a process is at: what is left when it dies or hangs. */
export interface CurrentCase {
  readonly number: number
  readonly input: Uint8Array
}

/** Bytes before the input: the number of the case, and the length of the input. */
const HEAD = 16

/** Open a file for the current case; the function that is returned writes it, at the cost of one call of the system. */
export function caseWriter(path: string): (input: Uint8Array) => void {
  const file = openSync(path, 'w')
  let buffer = Buffer.alloc(HEAD + 65_536)
  let number = 0
  return (input) => {
    if (HEAD + input.length > buffer.length) buffer = Buffer.alloc(HEAD + 2 * input.length)
    buffer.writeDoubleLE(++number, 0)
    buffer.writeUInt32LE(input.length, 8)
    buffer.set(input, HEAD)
    writeSync(file, buffer, 0, HEAD + input.length, 0)
  }
}

/** Read the current case; undefined before the first. */
export function readCase(path: string): CurrentCase | undefined {
  try {
    const bytes = readFileSync(path)
    if (bytes.length < HEAD) return undefined
    return { number: bytes.readDoubleLE(0), input: bytes.subarray(HEAD, HEAD + bytes.readUInt32LE(8)) }
  } catch {
    return undefined
  }
}
