import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface ChildOutcome {
  readonly path: string
  readonly outcome: string
  readonly rows: number
  readonly ms: number
  readonly peakMb: number
}

const CHILD = fileURLToPath(new URL('./parquet-child.ts', import.meta.url))
/** Of address space; V8 and its WASM memory reserve a good deal more than they use. */
const MAX_ADDRESS_BYTES = 24 * 1024 ** 3

/** Read files in a process of their own, with the memory of a small function; a file that kills it is missing from the result. */
export async function readInChild(paths: readonly string[]): Promise<ChildOutcome[]> {
  const node = [process.execPath, '--max-old-space-size=256', '--no-warnings', CHILD, ...paths]
  const [command = '', ...rest] = hasPrlimit() ? ['prlimit', `--as=${MAX_ADDRESS_BYTES}`, ...node] : node
  const { stdout } = await promisify(execFile)(command, rest, { timeout: 120_000, maxBuffer: 16 * 1024 * 1024 }).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
  )
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

function hasPrlimit(): boolean {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
