import { fileURLToPath } from 'node:url'
import type { Facts } from '../candidate.ts'
import { oneThread } from '../duckdb.ts'
import { duckdbFacts } from '../duckdb-facts.ts'
import { eventsAs, eventsCsv } from '../generate.ts'
import { contestSuite } from './contests.ts'

const realFile = (name: string): string =>
  fileURLToPath(new URL(`../../node_modules/vega-datasets/data/${name}`, import.meta.url))

const PARQUET_READERS = {
  'hyparquet, columns': 'parquet-read/hyparquet',
  'parquet-wasm, to Arrow': 'parquet-read/parquet-wasm',
  'DuckDB, one thread': 'parquet-read/duckdb',
  millrace: 'parquet-read/millrace',
}

/** Every format against the libraries that people take, on generated events and on real files. */
export const codecs = contestSuite(3, {
  'CSV to table': async (rows) => ({
    file: await eventsCsv(rows),
    candidates: {
      'csv-parse, objects': 'csv/csv-parse',
      'papaparse, objects': 'csv/papaparse',
      'udsv, typed columns': 'csv/udsv',
      'DuckDB, one thread': 'csv/duckdb',
      millrace: 'csv/millrace',
      'millrace, batches of a file': 'csv/millrace-stream',
    },
  }),
  'CSV dialects': async (rows) => ({
    file: await eventsCsv(rows),
    candidates: {
      'comment, one line in 1,000': 'csv/dialect-comment',
      'another quote': 'csv/dialect-quote',
      'another escape': 'csv/dialect-escape',
      millrace: 'csv/dialect-plain',
    },
  }),
  'NDJSON to table': async (rows) => ({
    file: await eventsAs('ndjson', rows),
    candidates: {
      'JSON.parse by line, objects': 'ndjson/json-parse',
      'DuckDB, one thread': 'ndjson/duckdb',
      millrace: 'ndjson/millrace',
      'millrace, batches of a file': 'ndjson/millrace-stream',
    },
  }),
  'JSON array to table': async () => ({
    file: realFile('flights-200k.json'),
    candidates: {
      'JSON.parse, objects': 'json/json-parse',
      'DuckDB, one thread': 'json/duckdb',
      millrace: 'json/millrace',
    },
  }),
  'Parquet to table': async (rows) => ({ file: await eventsAs('parquet', rows), candidates: PARQUET_READERS }),
  'Parquet to table, flights': async () => ({ file: realFile('flights-3m.parquet'), candidates: PARQUET_READERS }),
  'Parquet encodings to table': async (rows) => ({
    file: await eventsAs('parquet', rows),
    candidates: {
      millrace: 'parquet-read/encodings-compatible',
      "millrace, encodings: 'compact'": 'parquet-read/encodings-compact',
    },
  }),
  'table to Parquet': async (rows) => ({
    file: await eventsAs('parquet', rows),
    candidates: {
      'hyparquet-writer': 'parquet-write/hyparquet-writer',
      'parquet-wasm, from Arrow': 'parquet-write/parquet-wasm',
      'DuckDB, one thread': 'parquet-write/duckdb',
      millrace: 'parquet-write/millrace',
      "millrace, encodings: 'compact'": 'parquet-write/millrace-compact',
    },
    factsOfOutput: factsOfEvents,
  }),
  'drop duplicates': async (rows) => ({
    file: await eventsAs('ndjson', rows),
    candidates: {
      'Set of JSON': 'dedupe/set-of-json',
      'DuckDB, one thread': 'dedupe/duckdb',
      millrace: 'dedupe/millrace',
    },
  }),
})

async function factsOfEvents(output: string): Promise<Facts> {
  const connection = await oneThread()
  const facts = await duckdbFacts(connection, `'${output}'`, 'amount')
  connection.closeSync()
  return facts
}
