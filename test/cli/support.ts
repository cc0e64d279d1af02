import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Io, Output } from '../../src/cli/io.ts'
import { run } from '../../src/cli/run.ts'

export const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

export interface Outcome {
  /** The exit code, or the signal that ended the process. */
  readonly code: number | NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

interface SpawnOptions {
  readonly cwd?: string
  readonly stdin?: Uint8Array | string
  readonly env?: NodeJS.ProcessEnv
  readonly onStart?: (child: ChildProcess) => void
}

/** Run the command line in a process of its own. */
export async function spawnCli(args: readonly string[], options: SpawnOptions = {}): Promise<Outcome> {
  const env = { ...process.env, ...options.env }
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: options.cwd, env, stdio: 'pipe' })
  // A process that ends early does not read what is left.
  child.stdin.on('error', () => {})
  child.stdin.end(options.stdin ?? '')
  options.onStart?.(child)
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended(child)])
  return { code, stdout, stderr }
}

export function ended(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)))
}

/** Run the command line in this process, where many runs are wanted. */
export async function runCli(
  args: readonly string[],
  { stdin = '', terminal = false }: { readonly stdin?: Uint8Array | string; readonly terminal?: boolean } = {},
): Promise<Outcome & { readonly bytes: Buffer }> {
  const [stdout, stderr] = [recorder(terminal), recorder(terminal)]
  async function* input(): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(stdin)
    if (bytes.length > 0) yield bytes
  }
  const io: Io = { stdin: input(), stdout, stderr, unfinished: new Set() }
  const code = await run(args, io)
  return { code, bytes: stdout.bytes(), stdout: stdout.bytes().toString(), stderr: stderr.bytes().toString() }
}

function recorder(isTTY: boolean): Output & { bytes(): Buffer } {
  const parts: Buffer[] = []
  return {
    isTTY,
    columns: 100,
    write(data, done) {
      parts.push(Buffer.from(data as Uint8Array))
      done()
    },
    bytes: () => Buffer.concat(parts),
  }
}

/** A folder for the files of a test. */
export interface Folder {
  readonly path: string
  /** The path of a file in it. */
  file(name: string): string
  /** The names of all files in it, hidden ones too. */
  names(): readonly string[]
  remove(): void
}

export function folder(): Folder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-cli-')))
  return {
    path,
    file: (name) => join(path, name),
    names: () => (existsSync(path) ? readdirSync(path).sort() : []),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}
