import type { DataFrame } from 'nodejs-polars'

// polars reads the number of its threads when it is loaded.
process.env['POLARS_MAX_THREADS'] = '1'
const { default: polars } = await import('nodejs-polars')

/** A CSV as a polars frame, types inferred, on one thread. */
export function readFrame(file: string): DataFrame {
  return polars.readCSV(file, { tryParseDates: true, numThreads: 1 })
}
