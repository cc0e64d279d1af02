import fc from 'fast-check'
import { expect } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import { outputKey } from '../../src/s3/output-key.ts'
import { law } from '../support/law.ts'

const segment = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '..',
    '...',
    'landing',
    'landing2',
    'processed',
    'a.b.csv',
    '.json.zst',
    'x.CSV.gz',
    'plain',
    '.csv',
  ),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
)
const path = fc.array(segment, { maxLength: 4 }).map((segments) => segments.join('/'))
const slashed = (prefix: string): string => (prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`)

law(
  'outputKey: any key results in one under to, outside from and without "..", or in KEY_OUTSIDE_PREFIX',
  fc.property(path, path, path, (key, from, to) => {
    try {
      const output = outputKey(key, { from, to })
      expect(key.startsWith(slashed(from))).toBe(true)
      expect(output.startsWith(slashed(to))).toBe(true)
      expect(output.startsWith(slashed(from))).toBe(false)
      expect(output.endsWith('.parquet')).toBe(true)
      expect(`${key}/${output}`.split('/')).not.toContain('..')
    } catch (error) {
      if (!isMillraceError(error, 'KEY_OUTSIDE_PREFIX')) throw error
    }
  }),
  { runs: 2000 },
)

law(
  'outputKey: a trailing slash on a prefix makes no difference',
  fc.property(
    fc.stringMatching(/^[a-z./ ]{1,12}$/),
    fc.constantFrom('in', 'a/in'),
    fc.constantFrom('out', 'b/out'),
    (rest, from, to) => {
      const attempt = (f: string, t: string): string => {
        try {
          return outputKey(`${from}/${rest}`, { from: f, to: t })
        } catch (error) {
          return String(error)
        }
      }
      expect(attempt(`${from}/`, `${to}/`)).toBe(attempt(from, to))
    },
  ),
)

law(
  'outputKey: keys that differ in more than the ending of a codec have different outputs',
  fc.property(
    fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,4}(\.[0-9]{1,2})?$/), { minLength: 2, maxLength: 2 }),
    ([a, b]) => {
      const move = (name: string | undefined): string => outputKey(`in/${name}.csv`, { from: 'in', to: 'out' })
      expect(move(a)).not.toBe(move(b))
    },
  ),
)
