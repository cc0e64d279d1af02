import { fileURLToPath } from 'node:url'

/** A surface by name. */
export interface NamedSurface {
  readonly name: string
  /** Path of its module. */
  readonly path: string
  /** Cases that it must have had, guided by coverage. */
  readonly goal: number
  /** Beginnings of the paths of files whose branches count as its coverage. */
  readonly covers: readonly string[]
  /** Folder of other projects' corpora that has files for it. */
  readonly corpus?: string
}

const PAYLOADS = [
  ...['bytes-payload', 'envelope-payload', 'exact-json', 'gunzip-payload', 'json-member', 'json-payload', 'kinesis.ts'],
  ...['kpl-payload', 'lines-payload', 'payload', 's3-objects', 'schema-registry', 'sqs', 'text-payload'],
]
const IMAGES = [
  ...['base64', 'compare-', 'custom-number', 'deserialize-image', 'detect-changes', 'diff', 'json-patch', 'likeness'],
  ...['number-text', 'own-property', 'read-value', 'serialize-image'],
]
const RECORDS = ['dynamodb-item', 'dynamodb-store', 'object-key', 'record', 'result-text', 's3-store', 'store-failure']

function below(folder: string, names: readonly string[]): string[] {
  return names.map((name) => `${folder}${name}`)
}

/** Goals of the first campaign, in thousands of cases, and the beginnings of the paths whose branches count as the surface's. */
const TABLE: Readonly<Record<string, readonly [goal: number, ...covers: string[]]>> = {
  parquet: [2000, 'codecs/parquet/read/'],
  engines: [20, 'codecs/parquet/read/'],
  csv: [750, 'codecs/csv/read/', 'codecs/csv/csv-options.ts', 'codecs/csv/date-format.ts', 'codecs/text/'],
  json: [500, 'codecs/json/read/', 'codecs/text/'],
  ndjson: [500, 'codecs/json/read/', 'codecs/text/'],
  wrapped: [500, 'codecs/input/', 'codecs/codec-for.ts'],
  events: [750, 'events/'],
  payloads: [500, ...below('events/', PAYLOADS)],
  aggregated: [500, 'events/aggregated-record.ts', 'events/kpl-payload.ts', 'events/user-records.ts'],
  images: [500, ...below('cdc/', IMAGES)],
  changes: [500, 'cdc/'],
  splits: [500, 'fanout/'],
  plans: [500, 'fanout/read-split.ts', 'fanout/gather/split.ts', 'fanout/gather/verify-splits.ts'],
  gather: [500, 'fanout/gather/'],
  records: [500, ...below('idempotency/', RECORDS)],
  checkpoints: [500, 'idempotency/stream-position.ts', 'idempotency/dynamodb-checkpoint-store.ts'],
  hive: [500, 'dataset/hive-path.ts'],
  listings: [500, 'dataset/list-dataset.ts', 'dataset/list-keys.ts'],
}

/** Where a folder of corpora has files of a surface. */
const CORPORA: Readonly<Record<string, string>> = {
  parquet: 'parquet',
  engines: 'parquet',
  csv: 'csv',
  json: 'json',
  events: 'events',
  changes: 'events',
}

export const SURFACES: readonly NamedSurface[] = Object.entries(TABLE).map(([name, [thousands, ...covers]]) => ({
  name,
  path: fileURLToPath(new URL(`surfaces/${name}.ts`, import.meta.url)),
  goal: thousands * 1000,
  covers: covers.map((path) => `src/${path}`),
  ...(CORPORA[name] !== undefined && { corpus: CORPORA[name] }),
}))

/** @throws Error for a name that none has. */
export function surfaceOf(name: string): NamedSurface {
  const found = SURFACES.find((surface) => surface.name === name)
  if (found === undefined)
    throw new Error(`no surface ${name}; there are ${SURFACES.map((each) => each.name).join(' ')}`)
  return found
}
