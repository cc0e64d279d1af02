import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inferredType, SEEN, seenInText } from '../../../src/codecs/text/inferred-type.ts'
import { law } from '../../support/law.ts'

function seen(text: string): number {
  const bytes = Buffer.from(`1${text}1`)
  return seenInText(bytes, 1, bytes.length - 1, new Int32Array(2))
}

function typeOf(...texts: string[]): string | undefined {
  return inferredType(texts.map(seen).reduce((all, one) => all | one, 0))
}

test.each<[string | undefined, string[]]>([
  [undefined, []],
  ['bool', ['true', 'FALSE', 'True']],
  ['string', ['true', '1']],
  ['int64', ['0', '-1', '9223372036854775807', '-9223372036854775808']],
  ['string', ['9223372036854775808']],
  ['string', ['1', '9223372036854775808']],
  ['string', ['1.5', '100000000000000000000']],
  ['string', ['007']],
  ['string', ['00.5']],
  ['string', ['+5']],
  ['float64', ['-0']],
  ['float64', ['1.5', '-2e-3', '.5', '5.', '7']],
  ['float64', ['1.5', '9007199254740992', '1152921504606846976']],
  ['string', ['1.5', '9007199254740993']],
  ['string', ['1e400']],
  ['float64', ['1', 'NaN']],
  ['float64', ['1.5', 'Infinity', '-Infinity']],
  ['string', ['NaN']],
  ['string', ['NaN', 'Infinity']],
  ['string', ['nan', '1']],
  ['string', ['9007199254740993', 'NaN']],
  ['date', ['2024-02-29', '1969-12-31', '0000-01-01', '+012024-01-01']],
  ['string', ['2023-02-29']],
  ['string', ['2024-1-1']],
  ['string', ['20240101', '2024-01-01']],
  ['string', ['2024-01-01', '2024-01-01T00:00:00Z']],
  ['timestamp', ['2024-01-01T00:00', '2024-01-01 00:00:00.123', '2024-01-01T00:00:00.500000000Z']],
  ['timestamp[us]', ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.000001Z', '1500-01-01T00:00:00Z']],
  ['timestamp[ns]', ['2024-01-01T00:00:00.000001Z', '2024-01-01T00:00:00.000000001Z']],
  ['string', ['1500-01-01T00:00:00Z', '2024-01-01T00:00:00.000000001Z']],
  ['string', ['1500-01-01T00:00:00.000000001Z']],
  ['string', ['2024-01-01T24:00:00Z']],
  ['string', ['2024-01-01T23:59:60Z']],
  ['string', ['2024-01-01T00:00:00.0000000001Z']],
  ['string', ['']],
  ['string', [' 1']],
])('infers %s from %j', (type, texts) => {
  expect(typeOf(...texts)).toBe(type)
})

const flag = fc.constantFrom(...Object.values(SEEN))

law(
  'inference: a column of text stays text, whatever value follows',
  fc.property(fc.array(flag, { minLength: 1 }), flag, (flags, more) => {
    const all = flags.reduce((sum, one) => sum | one, 0)
    if (all !== SEEN.nonFinite && inferredType(all) === 'string') expect(inferredType(all | more)).toBe('string')
  }),
  { runs: 2000 },
)
