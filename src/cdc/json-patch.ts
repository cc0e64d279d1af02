import { notA } from '../internal/check-arguments.ts'
import { checkList } from './check-call.ts'
import type { Change } from './diff.ts'
import { jsonSafe } from './json-safe.ts'

/** One operation of a JSON Patch. */
export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace'
  /** A JSON Pointer. */
  readonly path: string
  /** New value of `add` and `replace`. */
  readonly value?: unknown
}

/**
 * Convert changes to a JSON Patch, to be applied in order to the JSON of the item before.
 *
 * Values are converted for JSON: bigint as decimal text, bytes as base64, sets as sorted arrays.
 *
 * Source: https://www.rfc-editor.org/rfc/rfc6902
 *
 * @param changes - the result of `diff`.
 * @returns one operation per change. O(values).
 * @throws MillraceError `TYPE_MISMATCH` with the path to a value that JSON cannot represent, such as NaN.
 * @example
 * toJsonPatch(diff({ to: { 'a/b': 1 } }, { to: { 'a/b': 2n } })) // => [{ op: 'replace', path: '/to/a~1b', value: '2' }]
 */
export function toJsonPatch(changes: Iterable<Change>): JsonPatchOperation[] {
  checkList('toJsonPatch', 'changes', changes)
  return Array.from(changes, (change) => {
    const { op, path, after } = Object(change) as Partial<Change>
    if (op === undefined || !Array.isArray(path)) throw notA('toJsonPatch', 'a change', 'a Change of diff', change)
    const pointer = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
    return op === 'remove' ? { op, path: pointer } : { op, path: pointer, value: jsonSafe(after ?? null, [...path]) }
  })
}
