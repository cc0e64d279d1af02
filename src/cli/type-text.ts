import type { Field } from 'apache-arrow'

const UNITS: Readonly<Record<string, string>> = {
  SECOND: '[s]',
  MILLISECOND: '',
  MICROSECOND: '[us]',
  NANOSECOND: '[ns]',
}

/**
 * The type of a column as in a `schema` option, or Arrow's own text if it has no name there. Derived from Arrow's text,
 * since the command line loads no copy of Arrow.
 */
export function typeText({ type, metadata }: Field): string {
  if (metadata.get('ARROW:extension:name') === 'arrow.json') return 'json'
  const text = String(type).replace(/^Dictionary<\w+, (.*)>$/, '$1')
  const [, unit = '', zone] = /^Timestamp<(\w+)(, .*)?>$/.exec(text) ?? []
  if (unit !== '') return `timestamp${UNITS[unit] ?? ''}${zone === undefined ? ' (local)' : ''}`
  const [, precision, scale] = /^Decimal\[(\d+)e\+?(-?\d+)\]$/.exec(text) ?? []
  if (precision !== undefined) return `decimal(${precision},${scale})`
  if (/^Date\d+</.test(text)) return 'date'
  if (text === 'Time64<MICROSECOND>') return 'time'
  return text === 'Utf8' ? 'string' : /^\w+$/.test(text) ? text.toLowerCase() : text
}
