import { type CodecInput, type CodecOptions, codecFor } from '../codecs/index.ts'
import type { SurveyedColumn } from './survey.ts'

/**
 * Find the columns of a JSON file whose values are of several kinds: inference makes them `string`, with each value's
 * JSON text, but a column pinned as `string` only accepts strings. Their type becomes `json`. Only columns whose texts
 * are all JSON are checked, up to the first value.
 */
export async function markJsonColumns(
  columns: readonly SurveyedColumn[],
  key: string,
  options: CodecOptions,
  source: CodecInput,
): Promise<void> {
  const doubtful = columns.filter(
    ({ type, sample, name }) => type === 'string' && !isPinned(options, name) && areJson(sample),
  )
  if (doubtful.length === 0) return
  const schema = Object.fromEntries(doubtful.map(({ name }) => [name, 'json']))
  const left = new Set(doubtful)
  const pinned = { ...options, schema: { ...options.schema, ...schema }, onInvalidRow: () => {} } as CodecOptions
  for await (const batch of codecFor(key, pinned).read(source)) {
    for (const column of left) {
      const text = firstText(batch.getChild(column.name))
      if (text === undefined) continue
      // A string has quotes in JSON, but not as text.
      if (text === column.sample[0]) column.type = 'json'
      left.delete(column)
    }
    if (left.size === 0) return
  }
}

function areJson(texts: readonly string[]): boolean {
  return texts.length > 0 && texts.every(isJson)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function isPinned({ schema }: CodecOptions, name: string): boolean {
  return schema !== undefined && Object.hasOwn(schema, name)
}

function firstText(values: Iterable<unknown> | null): string | undefined {
  for (const value of values ?? []) if (typeof value === 'string') return value
  return undefined
}
