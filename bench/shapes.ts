import { createReadStream, createWriteStream, existsSync, renameSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { seededRandom } from './random.ts'
import { DATA, textFile } from './text-file.ts'

const SEED = 20_260_401
const WORDS = 'north harbour invoice, "paid" late amber crate seven of pallets returned Zürich 東京 unsigned'.split(' ')
const DAY_MS = 86_400_000

interface Shape {
  readonly rows: number
  readonly columns: readonly string[]
  /** The cell of a column, as the file has it. */
  cell(column: number, random: () => number, row: number): string
}

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, column) => `c${column}`)
const whole = (random: () => number, limit: number): number => Math.floor(random() * limit)
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

/** Integers, decimals and few-valued texts by turns. */
function mixedCell(column: number, random: () => number): string {
  if (column % 3 === 0) return String(whole(random, 100_000))
  if (column % 3 === 1) return (random() * 100).toFixed(2)
  return `k${whole(random, 50)}`
}

function longText(random: () => number): string {
  const length = 200 + whole(random, 2_000)
  let text = ''
  while (text.length < length) text += `${WORDS[whole(random, WORDS.length)]}${random() < 0.02 ? '\n' : ' '}`
  return quoted(text)
}

/** Files of 50 to 80 MB, each hard in one way. The first column is an integer in all of them. */
const SHAPES: Readonly<Record<string, Shape>> = {
  '1,000 columns': { rows: 13_700, columns: names(1_000), cell: mixedCell },
  '100 columns': { rows: 130_000, columns: names(100), cell: mixedCell },
  doubles: {
    rows: 400_000,
    columns: names(10),
    cell: (column, random) => (column === 0 ? String(whole(random, 1e9)) : String(random() * 1_000)),
  },
  'long texts': {
    rows: 50_000,
    columns: ['id', 'kind', 'body'],
    cell(column, random, row) {
      if (column === 0) return String(row)
      return column === 1 ? `k${whole(random, 50)}` : longText(random)
    },
  },
  'unique texts': {
    rows: 1_000_000,
    columns: ['id', 'key', 'name'],
    cell(column, random, row) {
      if (column === 0) return String(row)
      const tail = whole(random, 2 ** 31).toString(36)
      return column === 1 ? `key-${row.toString(16).padStart(8, '0')}-${tail}` : `${tail} of ${row}`
    },
  },
  quoted: {
    rows: 800_000,
    columns: ['id', 'key', 'name', 'note', 'amount'],
    cell(column, random, row) {
      if (column === 0) return quoted(String(row))
      if (column === 1) return quoted(`k${whole(random, 1e9)}`)
      if (column === 4) return quoted((random() * 1_000).toFixed(2))
      return quoted(
        `${WORDS[whole(random, WORDS.length)]} ${WORDS[whole(random, WORDS.length)]}, ${whole(random, 1e4)}`,
      )
    },
  },
  dates: {
    rows: 1_000_000,
    columns: ['id', 'day', 'at', 'due', 'amount'],
    cell(column, random) {
      if (column === 0) return String(whole(random, 1e9))
      if (column === 4) return (random() * 1_000).toFixed(2)
      const time = new Date(DAY_MS * 10_000 + whole(random, DAY_MS * 9_000)).toISOString()
      return column === 2 ? time : time.slice(0, 10)
    },
  },
}

function* shapeLines({ rows, columns, cell }: Shape): Iterable<string> {
  const random = seededRandom(SEED)
  yield `${columns.join(',')}\n`
  for (let row = 0; row < rows; row += 1) yield `${columns.map((_, column) => cell(column, random, row)).join(',')}\n`
}

export const SHAPE_NAMES: readonly string[] = Object.keys(SHAPES)

/** Path of the CSV of a shape, made once and kept. */
export function shapeCsv(name: string): Promise<string> {
  const shape = SHAPES[name]
  if (shape === undefined) throw new Error(`no shape ${name}; there are ${SHAPE_NAMES.join(', ')}`)
  return textFile(`${DATA}shape-${name.replaceAll(/\W+/g, '-')}.csv`, shapeLines(shape))
}

/** The same, compressed by gzip. */
export async function gzipped(csv: string): Promise<string> {
  const path = `${csv}.gz`
  if (existsSync(path)) return path
  await pipeline(createReadStream(csv), createGzip(), createWriteStream(`${path}.part`))
  renameSync(`${path}.part`, path)
  return path
}
