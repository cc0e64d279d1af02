import { hivePath, parseHivePath } from '../../src/dataset/hive-path.ts'
import { mutateBytes } from '../mutate/bytes.ts'
import { Difference, type Surface } from '../surface.ts'
import { outcomeOf, token } from './support/same.ts'

/** A key of any writer, whose partition can be written, and is then read as the same. */
function run(input: Uint8Array): void {
  const key = Buffer.from(input).toString()
  const partition = parseHivePath(key)
  if (Object.getPrototypeOf(partition) !== Object.prototype) throw new Difference('another prototype')
  const path = outcomeOf(() => hivePath(partition))
  if (!path.ok) return
  const back = parseHivePath(path.text)
  if (token(back) !== token(partition))
    throw new Difference(`partition and partition written: ${token(partition)} and ${path.text}`)
  for (const segment of path.text.split('/'))
    if (segment !== '' && !/^[^.=][^=]*=|^[^=]+=/.test(segment))
      throw new Difference(`a segment that is none: ${path.text}`)
  if (hivePath(back) !== path.text) throw new Difference(`path and path again: ${path.text}`)
}

const KEYS = [
  'lake/dt=2026-01-05/city=a%2Fb/orders-00000.parquet',
  'year=2026/month=01/x.csv.gz',
  'a=__HIVE_DEFAULT_PARTITION__/b=/c=NULL/',
  'k=%5F_HIVE_DEFAULT_PARTITION__/v=%4EULL',
  'dt=2026-01-05 10%3A00%3A00/__proto__=1/constructor=2',
  'n=%C3%A4%ff%E0%A4/%2Ehidden=a%2Ecsv/a=b=c',
  '/=x/=/a/1=2/0=3/x=y.parquet',
]

export const surface: Surface = {
  seeds: () => KEYS.map((key) => new Uint8Array(Buffer.from(key))),
  mutate: mutateBytes(),
  run,
}
