import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('9,000 partitions, whose rows come mixed: one file each, in less than 300 MB more', () => {
  const child = fileURLToPath(new URL('memory-child.ts', import.meta.url))
  const answer = execFileSync(process.execPath, [child, '9000', '90000'], { encoding: 'utf8' })
  const { files, partitions, rows, requests, startMb, peakMb } = JSON.parse(answer)
  expect({ files, partitions, rows, requests }).toEqual({
    files: 9000,
    partitions: 9000,
    rows: 90_000,
    requests: 27_000,
  })
  expect(peakMb - startMb).toBeLessThan(300)
}, 120_000)
