import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const SWITCHES = fileURLToPath(new URL('switches.ts', import.meta.url))

/** What is changed in the code under test. */
interface Change {
  readonly file: string
  readonly from: string
  readonly to: string
}

const CHANGES: readonly Change[] = [
  {
    // Whether few rows are read by a kernel is for the surface to decide.
    file: 'src/codecs/text/kernel-limits.ts',
    from: 'return rowsRead < FEW_ROWS && bytesAvailable < FEW_BYTES',
    to: 'return switches.kernel === "default" ? rowsRead < FEW_ROWS && bytesAvailable < FEW_BYTES : switches.kernel === "off"',
  },
  // Windows, blocks and batches are so short that small inputs cross their ends, and that reading one makes little garbage.
  { file: 'src/codecs/batch-limits.ts', from: 'MAX_BATCH_ROWS = 65_536', to: 'MAX_BATCH_ROWS = 64' },
  { file: 'src/codecs/parquet/read/read-parquet.ts', from: 'BATCH_ROWS = 65_536', to: 'BATCH_ROWS = 64' },
  { file: 'src/codecs/json/read/rows/cursor.ts', from: 'FIRST_BYTES = 64 * 1024', to: 'FIRST_BYTES = 256' },
  { file: 'src/codecs/csv/read/rows/row-scan.ts', from: 'WINDOW_BYTES = 8 * 1024', to: 'WINDOW_BYTES = 128' },
  { file: 'src/codecs/csv/read/rows/row-indexer.ts', from: 'BLOCK_FIELDS = 8192', to: 'BLOCK_FIELDS = 128' },
  {
    // Kernels are held, and taken back from reads that failed: their memory is the garbage that costs most.
    file: 'src/internal/kernel.ts',
    from: 'ref: new WeakRef(exports),',
    to: 'ref: { deref: () => exports },',
  },
  {
    file: 'src/internal/kernel.ts',
    from: 'export function kernelMaker',
    to: `export function kernelMaker(code) {
  const make = plainKernelMaker(code)
  return () => {
    const kernel = make()
    switches.kernels.push(kernel)
    return kernel
  }
}

function plainKernelMaker`,
  },
]

/**
 * Read a source as it is put under test.
 *
 * @param file - its path from the root.
 * @throws Error where it no longer has what is to be changed.
 */
export function sourceText(path: string, file: string): string {
  const text = readFileSync(path, 'utf8')
  const changes = CHANGES.filter((change) => change.file === file)
  if (changes.length === 0) return text
  const changed = changes.reduce((now, { from, to }) => {
    if (!now.includes(from)) throw new Error(`${file} has not what fuzz/source-text.ts changes: ${from}`)
    return now.replace(from, () => to)
  }, text)
  return `import { switches } from ${JSON.stringify(SWITCHES)}\n${changed}`
}
