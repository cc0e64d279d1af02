import { listDataset } from '../../src/dataset/list-dataset.ts'
import { isMillraceError } from '../../src/errors.ts'
import { mutateJson } from '../mutate/json.ts'
import { Difference, type Surface } from '../surface.ts'
import { choiceOf, fieldOf, inputOf, jsonOf } from './support/json-input.ts'
import { stubClient } from './support/stub-client.ts'

const WHERE = [undefined, undefined, { dt: '2026-01-05' }, { dt: null }, { region: 'eu', dt: '2026-01-05' }] as const
const MAX_FILES = 200

/** Pages of a listing, by whatever server answers. */
async function run(input: Uint8Array): Promise<void> {
  const value = jsonOf(input)
  const client = stubClient(fieldOf(value, 'pages')) as never
  const where = WHERE[choiceOf(value, 'way', WHERE.length)]
  try {
    let files = 0
    for await (const { key, bytes } of listDataset(client, { bucket: 'b', prefix: 'lake', ...(where && { where }) })) {
      if (typeof key !== 'string' || typeof bytes !== 'number') throw new Difference('a file without key or size')
      if (++files > MAX_FILES) return
    }
  } catch (error) {
    if (!isMillraceError(error)) throw error
  }
}

const file = (Key: string) => ({ Key, Size: 10, ETag: '"e"' })
const SEEDS: unknown[] = [
  {
    way: 0,
    pages: [
      {
        EncodingType: 'url',
        Contents: [file('lake/dt%3D2026-01-05/a.parquet'), file('lake/_tmp/x'), file('lake/a+b')],
      },
    ],
  },
  {
    way: 0,
    pages: [
      { Contents: [file('lake/dt=2026-01-05/a%2Fb')], IsTruncated: true, NextContinuationToken: 't' },
      { Contents: [file('lake/x=1/b.csv')] },
    ],
  },
  {
    way: 2,
    pages: [
      { CommonPrefixes: [{ Prefix: 'lake/dt=2026-01-05/' }, { Prefix: 'lake/dt=x/' }] },
      { Contents: [file('lake/dt=2026-01-05/a.parquet')] },
    ],
  },
  {
    way: 3,
    pages: [{ EncodingType: 'url', CommonPrefixes: [{ Prefix: 'lake/dt%3D__HIVE_DEFAULT_PARTITION__/' }] }, {}],
  },
  { way: 4, pages: [{ error: 'AccessDenied', status: 403 }] },
]

export const surface: Surface = { seeds: () => SEEDS.map(inputOf), mutate: mutateJson, run }
