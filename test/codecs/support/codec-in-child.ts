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

const CHILD = fileURLToPath(new URL('./codec-child.ts', import.meta.url))
/** Of heap and buffers: those of a function of 512 MB, beside what a bare Node maps and the limit counts as well. */
const MAX_DATA_BYTES = (550 + 512) * 1024 ** 2

/** Read files, by the codec of their ending, in a process of their own, with the memory of a small function; a file that kills it is missing from the result. */
export async function readInChild(paths: readonly string[]): Promise<ChildOutcome[]> {
  const node = [process.execPath, '--max-old-space-size=256', '--no-warnings', CHILD, ...paths]
  const [command = '', ...rest] = hasPrlimit() ? ['prlimit', `--data=${MAX_DATA_BYTES}`, ...node] : node
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
