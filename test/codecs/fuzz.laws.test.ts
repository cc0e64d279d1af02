import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, expect } from 'vitest'
import { encodeCsv, encodeJson, encodeNdjson, encodeParquet, tableFromRows } from '../../src/codecs/index.ts'
import { law } from '../support/law.ts'
import { readInChild } from './support/codec-in-child.ts'

const scratch = mkdtempSync(join(tmpdir(), 'codecs-fuzz-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const table = tableFromRows(
  Array.from({ length: 40 }, (_, row) => ({
    id: BigInt(row) << 40n,
    amount: row / 8,
    note: row % 3 === 0 ? null : `a "quoted", line\n${row}`,
    at: new Date(row * 86_400_001),
    nested: { list: [row, row + 1], name: `n${row}` },
  })),
)
const flat = table.select(['id', 'amount', 'note', 'at'])
const FILES = new Map<string, Uint8Array>([
  ['csv', encodeCsv(flat)],
  ['tsv', encodeCsv(flat, { delimiter: '\t' })],
  ['csv.gz', gzipSync(encodeCsv(flat))],
  ['json', encodeJson(table)],
  ['ndjson', encodeNdjson(table)],
  ['json.gz', gzipSync(encodeJson(table))],
  ['parquet', await encodeParquet(table)],
])

/** What fuzzers do to files: bytes set, ranges cut out, repeated, or put in from elsewhere. */
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(), bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), length: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(), length: fc.nat(60), times: fc.nat(500) }),
  fc.record({
    kind: fc.constant('put' as const),
    at: fc.nat(),
    bytes: fc
      .constantFrom('"', '[', '{', '}', ']', ',', '\\', '\0', '\r', '\n', '\ud83d', 'e999')
      .map((text) => Buffer.from(text)),
  }),
)
type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never

function mutated(bytes: Uint8Array, change: Mutation): Uint8Array {
  const at = change.at % (bytes.length + 1)
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)]
  if (change.kind === 'set') return Buffer.concat([head, change.bytes, tail.subarray(change.bytes.length)])
  if (change.kind === 'put') return Buffer.concat([head, change.bytes, tail])
  if (change.kind === 'cut') return Buffer.concat([head, tail.subarray(change.length)])
  const piece = tail.subarray(0, change.length)
  return Buffer.concat([head, ...Array.from({ length: change.times }, () => piece), tail])
}

const ours =
  /^(read|(CSV|JSON|PARQUET|ENCODING)_INVALID|TYPE_MISMATCH|LIMIT_EXCEEDED|UNSUPPORTED_FORMAT|COLUMN_UNKNOWN|COLUMN_CONFLICT)$/

law(
  'codecs: a valid file of any format, mutated in any way, is read or rejected with a code, in bounded time and the memory of a function of 512 MB',
  fc.asyncProperty(
    fc.array(fc.tuple(fc.constantFrom(...FILES.keys()), fc.array(mutation, { minLength: 1, maxLength: 6 })), {
      minLength: 80,
      maxLength: 120,
    }),
    async (cases) => {
      const paths = cases.map(([ending, changes], index) => {
        const path = join(scratch, `${index}.${ending}`)
        writeFileSync(path, changes.reduce(mutated, FILES.get(ending) as Uint8Array))
        return path
      })
      const outcomes = await readInChild(paths)
      expect(outcomes.map(({ path }) => path)).toEqual(paths)
      for (const { path, outcome, ms, peakMb } of outcomes) {
        expect(outcome, basename(path)).toMatch(ours)
        expect(ms, basename(path)).toBeLessThan(10_000)
        expect(peakMb, basename(path)).toBeLessThan(512)
      }
    },
  ),
  { runs: 4 },
)
