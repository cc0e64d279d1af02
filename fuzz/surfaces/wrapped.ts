import { gzipSync, zstdCompressSync } from 'node:zlib'
import { type CodecOptions, codecFor } from '../../src/codecs/codec-for.ts'
import { note } from '../hits.ts'
import { mutateBytes } from '../mutate/bytes.ts'
import type { Surface } from '../surface.ts'
import { choicesOf, withChoices } from './support/choices.ts'
import { all, chunksOf } from './support/chunks.ts'
import { checkSame, outcomeOfAsync, tableText } from './support/same.ts'

const CHOICES = 4
const KEYS = [
  'a.csv',
  'a.csv.gz',
  'a.tsv',
  'a.json',
  'a.json.gz',
  'a.ndjson.zst',
  'a.jsonl',
  'a.csv.zst',
  'a.txt',
  'a',
  'a.parquet',
  'a.csv.gzip',
  'dir.gz/a.b.ndjson.gz',
]
const COMPRESSIONS = [undefined, undefined, undefined, 'auto', 'gzip', 'zstd', 'none', 'snappy'] as const
const LIMITS = { maxInflatedBytes: 1024 * 1024 }

async function run(input: Uint8Array): Promise<void> {
  const choices = choicesOf(input)
  const key = choices.pick(KEYS)
  const compression = choices.pick(COMPRESSIONS)
  const format = choices.next(16) === 1 ? choices.pick(['csv', 'ndjson', 'json', 'parquet'] as const) : undefined
  const options: CodecOptions = {
    limits: LIMITS,
    ...(compression !== undefined && { compression }),
    ...(format !== undefined && { format }),
  }
  const bytes = input.subarray(CHOICES)
  const whole = await outcomeOfAsync(async () => {
    const batches = await all(codecFor(key, options).read(bytes))
    note(1000 + Math.min(batches[0]?.numRows ?? 0, 63))
    return tableText(batches)
  })
  const way = choices.next(256)
  if (way % 4 > 0 || (format ?? key).endsWith('parquet')) return
  const cut = await outcomeOfAsync(async () =>
    tableText(await all(codecFor(key, options).read(chunksOf(bytes, way >> 2)))),
  )
  checkSame('whole and chunks', whole, cut)
}

function seeds(): Uint8Array[] {
  const csv = Buffer.from('a,b\n1,x\n2,"y z"\n')
  const lines = Buffer.from('{"a":1}\n{"a":2}\n')
  const heads = [
    'PK\x03\x04',
    '\xfd7zXZ\0',
    'BZh9',
    'PAR1',
    '\xff\xfea\0,\0b\0\n\0',
    '\xfe\xff\0a',
    '\xff\xfe\0\0a\0\0\0',
    '\x28\xb5\x2f\xfd',
    '\x1f\x8b\x08',
    '\xef\xbb\xbfa\n1\n',
  ]
  return [
    withChoices([0, 0, 0, 0], csv),
    withChoices([1, 0, 0, 0], gzipSync(csv)),
    withChoices([1, 3, 0, 4], Buffer.concat([gzipSync(csv), gzipSync(csv)])),
    withChoices([7, 0, 0, 0], zstdCompressSync(csv)),
    withChoices([5, 0, 0, 0], Buffer.concat([zstdCompressSync(lines), zstdCompressSync(lines)])),
    withChoices([4, 0, 0, 0], gzipSync(`[${lines.toString().trim().replace('\n', ',')}]`)),
    withChoices([6, 3, 0, 0], lines),
    ...heads.map((head, index) => withChoices([index, index, 0, index], Buffer.from(`${head}1,2`, 'latin1'))),
  ]
}

export const surface: Surface = { seeds, mutate: mutateBytes(CHOICES), run }
