import { asciiText } from '../../../../internal/utf8.ts'
import type { CsvTyping } from '../../csv-options.ts'

/** The bytes of a number in programming notation, `1234.5`; undefined if the text is not a number in this spelling. */
export type NumberText = (bytes: Uint8Array, start: number, end: number) => Uint8Array | undefined

/** No type holds a number of more bytes. */
const MAX_NUMBER_BYTES = 1000

/** The spelling of numbers by `decimal` and `thousands`; undefined if it is programming notation. */
export function numberText({ decimal, thousands }: CsvTyping): NumberText | undefined {
  if (decimal === '.' && thousands === undefined) return undefined
  const [point, group] = [decimal, thousands ?? ''].map((mark) => mark.replace(/[^\w]/, '\\$&'))
  const groups = group === '' ? '' : `\\d{1,3}(?:${group}\\d{3})+|`
  const number = new RegExp(`^(-?)(${groups}\\d*)(?:${point}(\\d*))?([eE][-+]?\\d+)?$`)
  return (bytes, start, end) => {
    if (end - start > MAX_NUMBER_BYTES) return undefined
    const [text, sign = '', whole = '', fraction, exponent = ''] = number.exec(asciiText(bytes, start, end)) ?? []
    if (text === undefined) return undefined
    const digits = thousands === undefined ? whole : whole.replaceAll(thousands, '')
    return Buffer.from(`${sign}${digits}${fraction === undefined ? '' : `.${fraction}`}${exponent}`)
  }
}
