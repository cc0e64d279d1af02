import type { Pin } from './pin.ts'

/** Texts that many tools write for null. */
const NULLS = ['NA', 'N/A', 'n/a', 'NULL', 'null', 'None', 'nan', '-', '?', '\\N', '#N/A']
const NUMBER = /^[-+]?\d+(?:\.\d+)?$/

/** Forms of text that represent another type, each with the option to set. All texts of a sample must have the form. */
const FORMS: readonly (readonly [form: RegExp, hint: Omit<Pin, 'column'>])[] = [
  [
    /^[-+]?\d+$/,
    { type: 'string', why: 'digits with a leading zero or sign, or beyond 64 bits: a file without them is int64' },
  ],
  [/^[-+]?\d{1,3}(?:\.\d{3})*,\d+$/, { option: 'decimal', value: ',', why: 'numbers with a decimal comma' }],
  [
    /^[-+]?\d{1,3}(?:,\d{3})*(?:\.\d+)?$/,
    { option: 'thousands', value: ',', why: 'numbers with a comma between thousands' },
  ],
  [
    /^\d{1,2}\/\d{1,2}\/\d{4}$/,
    { option: 'formats', why: 'dates: %d/%m/%Y or %m/%d/%Y, which a sample may not distinguish' },
  ],
  [/^\d{1,2}\.\d{1,2}\.\d{4}$/, { option: 'formats', value: '%d.%m.%Y', why: 'dates' }],
  [/^(?:[YN]|yes|no|Yes|No|YES|NO)$/, { type: 'bool', why: 'yes or no: set trueValues and falseValues' }],
]

/** Guess from some of its values why a column of a CSV file is text, and the option to set if it should not be. */
export function textHint(sample: readonly string[]): Omit<Pin, 'column'> | undefined {
  if (sample.length === 0) return undefined
  const form = FORMS.find(([pattern]) => sample.every((text) => pattern.test(text)))
  if (form !== undefined) return form[1]
  const token = NULLS.find((text) => sample.includes(text))
  const others = sample.filter((text) => text !== token)
  if (token === undefined || others.length === 0 || !others.every((text) => NUMBER.test(text))) return undefined
  return { option: 'nullValues', value: token, why: 'numbers except for that word' }
}
