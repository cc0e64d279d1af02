import type { RecordBatch } from 'apache-arrow'
import { type CodecOptions, codecFor } from '../../src/codecs/codec-for.ts'
import { bytesSource } from '../../src/codecs/input/source.ts'
import { columnReaders } from '../../src/columns/rows-from-table.ts'
import { verifySplits } from '../../src/fanout/gather/verify-splits.ts'
import { planSplits } from '../../src/fanout/plan-splits.ts'
import { readSplit } from '../../src/fanout/read-split.ts'
import { memoryBucket } from '../../test/fanout/support/memory-bucket.ts'
import { note } from '../hits.ts'
import { mutateBytes } from '../mutate/bytes.ts'
import { Difference, type Surface } from '../surface.ts'
import { type Choices, choicesOf, withChoices } from './support/choices.ts'
import { outcomeOfAsync, token } from './support/same.ts'

const CHOICES = 8
/** Every split has readers and ranges of its own: many would make cases few. */
const MAX_SPLITS = 9
const PINNED = { schema: { a: 'string', b: 'string' } } as const

function dialectOf(choices: Choices): CodecOptions {
  const rare = (times: number): boolean => choices.next(256) % times === 1
  return {
    ...(rare(6) && { delimiter: choices.pick([';', '\t', '|']) }),
    ...(rare(8) && { quote: choices.pick(["'", false] as const) }),
    ...(rare(10) && { comment: '#' }),
    ...(rare(8) && { shortRows: 'null' as const }),
    ...(rare(10) && { lazyQuotes: true }),
  }
}

/** Read a file whole and by its splits: the same rows, or an error. */
async function run(input: Uint8Array): Promise<void> {
  const choices = choicesOf(input)
  const isCsv = choices.next(3) > 0
  const key = isCsv ? 'a.csv' : 'a.ndjson'
  // Probes that see all of a file give it the types that the whole has; where they do not, its types are pinned.
  const probeBytes = choices.pick([16, 64, 200, 100_000])
  const count = 1 + (choices.next(256) % MAX_SPLITS)
  const isPinned = probeBytes < 100_000
  const codec: CodecOptions = {
    ...(isCsv && dialectOf(choices)),
    ...(isPinned && PINNED),
    ...(isPinned && isCsv && { header: ['a', 'b'] }),
  }
  const bytes = input.subarray(CHOICES)
  const targetBytes = 1 + Math.floor(bytes.length / count)
  const whole = await outcomeOfAsync(async () => rowsText(codecFor(key, codec).read(bytesSource(bytes))))
  // Splits of a file that cannot be read must fail too; most of them teach nothing new.
  if (!whole.ok && choices.next(4) > 0) return
  const { client } = memoryBucket({ [key]: bytes })
  const parts = await outcomeOfAsync(async () => {
    const plan = await planSplits(client, [{ bucket: 'b', key }], { codec, targetBytes, probeBytes })
    note(1000 + Math.min(plan.splits.length, 31))
    const reports = []
    let text = ''
    for (const split of plan.splits) {
      const batches = readSplit(client, split, { codec })
      text += await rowsText(batches)
      reports.push(batches.report)
    }
    verifySplits(plan, reports)
    return text
  })
  // No split knows that a pinned column occurs in none of the others.
  const isUnknown = !whole.ok && whole.text.startsWith('COLUMN_UNKNOWN')
  if (whole.ok !== parts.ok && !isUnknown && !parts.text.startsWith('SPLIT_MISMATCH'))
    throw new Difference(`${whole.ok ? 'whole' : 'splits'} alone are read: ${whole.ok ? parts.text : whole.text}`)
  if (whole.ok && parts.ok && whole.text !== parts.text) throw new Difference(`rows: ${whole.text} and ${parts.text}`)
}

async function rowsText(batches: AsyncIterable<RecordBatch>): Promise<string> {
  let text = ''
  for await (const batch of batches) {
    const readers = columnReaders(batch)
    const names = batch.schema.fields.map(({ name, type }) => `${name} ${type}`)
    for (let row = 0; row < batch.numRows; row++)
      text += `${readers.map((read, column) => `${names[column]}: ${token(read(row))}`).join(', ')}\n`
  }
  return text
}

const TEXTS = [
  'a,b\n1,x\n2,y\n3,z\n4,w\n5,v\n6,u\n7,t\n',
  'a,b\r\n"1\n2",x\r\n"","y ""z"""\r\n3,\r\n4,4\r\n',
  '{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n{"b":"z","a":3}\n\n{"a":null}\n',
  'a,b\n# c\n1,2\n\n\n3,4\r5,6\r\n7,"8',
  '\ufeffa;b\n1;2\n3;4\n5;6\n',
  '{"a":"1","b":"{\\"x\\":2}"}\r\n{"a":"}\\n","b":"{"}\r\n',
]

export const surface: Surface = {
  seeds: () =>
    TEXTS.flatMap((text, index) =>
      [0, 1, 2, 3].map((probe) => withChoices([text.includes('{') ? 0 : 1, probe, index * 13, 0, 0, 0, 0, 0], text)),
    ),
  mutate: mutateBytes(CHOICES),
  run,
}
