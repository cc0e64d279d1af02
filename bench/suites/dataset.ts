import { eventsInParts } from '../generate.ts'
import { contestSuite } from './contests.ts'

/** Rows in memory to files on disk, one folder for each of 100 values, which come mixed. */
export const dataset = contestSuite(5, {
  'rows to 100 partitions': async (rows) => ({
    file: await eventsInParts(rows),
    candidates: {
      'DuckDB PARTITION_BY, one thread': 'dataset/duckdb',
      millrace: 'dataset/millrace',
    },
  }),
})
