import { expect, test } from 'vitest'
import { ndjson } from '../../src/codecs/index.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { datasetSink } from '../../src/dataset/dataset-sink.ts'
import { channels, type SinkMessage } from '../../src/internal/channels.ts'
import { httpError, memoryS3 } from './memory-s3.ts'
import { cut } from './support.ts'

const rows = tableFromRows(
  Array.from({ length: 3000 }, (_, id) => ({ id, region: `r${(id * 7) % 13}`, note: 'x'.repeat(id % 40) })),
)
const TARGET = { bucket: 'lake', prefix: 'p', name: 'n', partitionBy: ['region'], maxOpen: 2 }
const LIMITS = { maxBufferedBytes: 64 * 1024 }

/** Keys and bytes of what the rows become in batches of so many. */
async function written(size: number): Promise<[string, number][]> {
  const { client, objects } = memoryS3()
  await datasetSink(client, TARGET, LIMITS)(cut(rows, size))
  return [...objects].map(([key, { bytes }]): [string, number] => [key, bytes.length]).sort()
}

test('files are looked after once in so many bytes: however the rows are cut, the files are the same', async () => {
  const whole = await written(3000)
  expect(await written(7)).toEqual(whole)
  expect(await written(1000)).toEqual(whole)
  // With little memory and few files open, partitions have more than one file.
  expect(whole.length).toBeGreaterThan(13)
})

test('an operation of the channel counts bytes, parts and files', async () => {
  const ends: SinkMessage[] = []
  const subscriber = { asyncEnd: (message: SinkMessage) => void ends.push({ ...message }) } as never
  channels.sink.subscribe(subscriber)
  const { client, objects } = memoryS3()
  try {
    await datasetSink(client, { ...TARGET, partitionBy: [] })(rows.batches)
  } finally {
    channels.sink.unsubscribe(subscriber)
  }
  const [object] = [...objects.values()]
  expect(ends).toMatchObject([{ bytes: object?.bytes.length, parts: 1, files: 1 }])
})

test('what is not visible after a completion has failed is removed, and the rest is named', async () => {
  const s3 = memoryS3()
  let completions = 0
  s3.decide = ({ name }) =>
    name === 'CompleteMultipartUploadCommand' && ++completions > 1 ? httpError(403, 'AccessDenied') : undefined
  const target = { ...TARGET, maxOpen: 100 }
  const error = await datasetSink(s3.client, target, { concurrency: 1 })(rows.batches).catch((reason) => reason)
  expect(error).toMatchObject({ code: 'WRITE_FAILED' })
  expect(error.files.map(({ key }: { key: string }) => key)).toEqual([...s3.objects.keys()])
  expect(s3.objects.size).toBe(1)
  expect(s3.uploads.size).toBe(0)
  expect(completions).toBe(2)
})

test('a file may be given rows and be closed for another at once', async () => {
  const note = 'x'.repeat(64 * 1024)
  const large = tableFromRows(Array.from({ length: 200 }, (_, id) => ({ id, region: `r${id % 2}`, note })))
  const { client, objects } = memoryS3()
  // Both partitions reach a row group of 5 MiB in one window, and one file alone may be open.
  const limits = { maxBufferedBytes: 20 * 1024 * 1024 }
  const target = { ...TARGET, maxOpen: 1, format: ndjson() }
  const { rows: count, files } = await datasetSink(client, target, limits)(large.batches)
  expect(count).toBe(200)
  expect(files.map(({ key, rows }) => [key.slice('p/region='.length), rows])).toEqual([
    ['r0/n-00000.ndjson', 80],
    ['r0/n-00001.ndjson', 20],
    ['r1/n-00000.ndjson', 100],
  ])
  expect(objects.size).toBe(3)
})
