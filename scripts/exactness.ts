// `node scripts/exactness.ts`: values that CSV readers commonly change, as millrace reads them and as `pandas.read_csv` with its defaults does, in
// the `python3` on the path or the one that PYTHON names.
import { spawnSync } from 'node:child_process'
import { decodeCsv, rowsFromTable } from '../src/codecs/index.ts'

const PYTHON = process.env['PYTHON'] ?? 'python3'

/** Each file has one column `v`; the value under test is in its first row. */
const CASES: Readonly<Record<string, string>> = {
  'an id beyond 2^53, another missing': 'v,k\n9007199254740993,1\n,2\n',
  'a leading zero': 'v,k\n02139,1\n',
  'a country code': 'v,k\nNA,1\n',
  'a decimal with 20 digits': 'v,k\n0.12345678901234567891,1\n',
  'a row with a field too few': 'k,v\n1,2\n3\n',
}

const PYTHON_READER = `
import io, json, sys
import pandas
print(json.dumps([pandas.__version__] + [repr(pandas.read_csv(io.StringIO(text))['v'].tolist()) for text in json.load(sys.stdin)]))`

const texts = Object.values(CASES)
const python = spawnSync(PYTHON, ['-c', PYTHON_READER], { input: JSON.stringify(texts), encoding: 'utf8' })
const [version, ...pandas] = python.status === 0 ? (JSON.parse(python.stdout) as string[]) : []
if (version === undefined) console.log('No python3 with pandas here: millrace alone is shown.')

const rows = Object.keys(CASES).map((name, index) => [
  name,
  {
    csv: JSON.stringify(texts[index]),
    millrace: readHere(texts[index] ?? ''),
    ...(version !== undefined && { [`pandas ${version}`]: pandas[index] }),
  },
])
console.table(Object.fromEntries(rows))

function readHere(text: string): string {
  try {
    return Array.from(rowsFromTable(decodeCsv(new TextEncoder().encode(text))), ({ v }) => shown(v)).join(', ')
  } catch (error) {
    return String(error)
  }
}

/** A value with its type: `1n` is a bigint, `'1'` text. */
function shown(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  return JSON.stringify(value)
}
