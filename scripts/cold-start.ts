// `node scripts/cold-start.ts`, after `npm run build`: what the S3 job costs before its first byte, against `import pandas, boto3` of the
// `python3` on the path, or of the one that PYTHON names.
// A cold start drops the page cache before each run, which takes root on Linux; it is left out elsewhere.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.ts'

const WARM_RUNS = 15
const COLD_RUNS = 5
const PYTHON = process.env['PYTHON'] ?? 'python3'
const PYTHON_JOB = "import pandas, boto3; boto3.client('s3', region_name='eu-west-1')"

interface Candidate {
  readonly name: string
  readonly bytes: number
  readonly command: readonly [string, ...string[]]
}

const folder = mkdtempSync(join(tmpdir(), 'millrace-cold-start-'))
try {
  const candidates = [...(await nodeCandidates()), ...pythonCandidates()]
  const canDropCache = dropCache()
  const rows: Record<string, Record<string, string>> = {}
  for (const { name, bytes, command } of candidates) {
    seconds(command)
    const warm = Array.from({ length: WARM_RUNS }, () => seconds(command))
    const cold = canDropCache ? Array.from({ length: COLD_RUNS }, () => secondsCold(command)) : []
    rows[name] = {
      deployed: megabytes(bytes),
      'warm (best)': shown(Math.min(...warm)),
      'cold (median)': shown(median(cold)),
    }
  }
  console.log(`Node ${process.version}. Whole processes, from start to exit.`)
  console.table(rows)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function nodeCandidates(): Promise<Candidate[]> {
  const handler = fileURLToPath(new URL('../examples/s3-job/handler.ts', import.meta.url))
  const sets: [string, string[]][] = [
    ['node, nothing loaded', []],
    ['millrace/codecs + /transform', ['millrace/codecs', 'millrace/transform']],
    ['the example S3 job, AWS SDK included', [handler]],
  ]
  const candidates: Candidate[] = []
  for (const [index, [name, modules]] of sets.entries()) {
    const file = join(folder, `${index}.mjs`)
    const bytes = modules.length === 0 ? new Uint8Array(0) : await bundle(modules)
    writeFileSync(file, bytes)
    candidates.push({ name, bytes: bytes.length, command: [process.execPath, file] })
  }
  return candidates
}

function pythonCandidates(): Candidate[] {
  if (spawnSync(PYTHON, ['-c', PYTHON_JOB]).status !== 0) {
    console.log('No python3 with pandas and boto3 here: Node alone is measured.')
    return []
  }
  return [
    { name: 'python3, nothing loaded', bytes: 0, command: [PYTHON, '-c', ''] },
    { name: 'pandas and boto3, without pyarrow', bytes: bytesOfPythonJob(), command: [PYTHON, '-c', PYTHON_JOB] },
  ]
}

/** Bytes on disk of the packages beyond Python's own library that the job loads. */
function bytesOfPythonJob(): number {
  const script = `${PYTHON_JOB}
import os, sys, sysconfig
own = sysconfig.get_paths()['stdlib']
files = {n: getattr(m, '__file__', None) for n, m in sys.modules.items() if '.' not in n}
for name, file in files.items():
    if file and 'packages' in file: print(os.path.dirname(file) if file.endswith('__init__.py') else file)`
  const paths = execFileSync(PYTHON, ['-c', script], { encoding: 'utf8' }).trim().split('\n')
  return [...new Set(paths)].reduce((sum, path) => sum + bytesUnder(path), 0)
}

function bytesUnder(path: string): number {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.size
  return readdirSync(path)
    .filter((name) => name !== '__pycache__')
    .reduce((sum, name) => sum + bytesUnder(join(path, name)), 0)
}

function dropCache(): boolean {
  if (!existsSync('/proc/sys/vm/drop_caches') || process.getuid?.() !== 0) return false
  execFileSync('sync')
  writeFileSync('/proc/sys/vm/drop_caches', '3')
  return true
}

function seconds([file, ...args]: Candidate['command']): number {
  const start = performance.now()
  execFileSync(file, args, { stdio: 'ignore' })
  return (performance.now() - start) / 1000
}

function secondsCold(command: Candidate['command']): number {
  dropCache()
  return seconds(command)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function shown(value: number): string {
  return Number.isNaN(value) ? '-' : `${value.toFixed(2)} s`
}

function megabytes(bytes: number): string {
  return bytes === 0 ? '-' : `${(bytes / 1e6).toFixed(2)} MB`
}
