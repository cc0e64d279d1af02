import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const ready = existsSync(`${root}dist/codecs.js`) && Number(process.versions.node.split('.')[0]) >= 24

// The demo runs the built package, and TypeScript directly.
test.skipIf(!ready)('the demo shows what happened to a file, and DuckDB agrees', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['demo/demo.ts', 'demo/messy orders.csv'], {
    cwd: root,
  })
  expect(stdout).toContain('landing/messy orders.csv → processed/messy orders.parquet')
  expect(stdout).toMatch(/7 in .* 5 out .* 2 duplicates dropped .* 3 nulls filled .* 3 rejected/)
  expect(stdout).toContain('line 9 rejected: column "Note"')
  expect(stdout).toContain('DuckDB agrees on every file.')
})

test.skipIf(!ready)('the demo shows a file that fails, goes on with the next, and fails in the end', async () => {
  const files = ['LICENSE', 'demo/messy orders.csv']
  const run = promisify(execFile)(process.execPath, ['demo/demo.ts', ...files], { cwd: root })
  const failure = await run.then(
    () => undefined,
    (error: { code: number; stdout: string }) => error,
  )
  expect(failure?.code).toBe(1)
  expect(failure?.stdout).toMatch(
    /landing\/LICENSE → failed\n {2}error {5}UNSUPPORTED_FORMAT: .*\n {2}S3 {8}nothing was written/,
  )
  expect(failure?.stdout).toContain('landing/messy orders.csv → processed/messy orders.parquet')
  expect(failure?.stdout).toContain('1 file failed.')
})

test.skipIf(!ready)('the demo ends with a partitioned write, which DuckDB reads as one table', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['demo/demo.ts'], { cwd: root })
  expect(stdout).toContain('seattle-weather.csv → weather/year=…/weather=…/')
  expect(stdout).toContain('✓ reads 1,461 rows in 18 partitions')
  expect(stdout).toContain('DuckDB agrees on every file.')
})
