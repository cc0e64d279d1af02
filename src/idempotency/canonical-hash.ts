import { isMillraceError, MillraceError } from '../errors.ts'
import { nodeCrypto } from '../internal/node-modules.ts'
import { canonicalBytes } from './canonical-form.ts'

/**
 * Hash the canonical form of a value with SHA-256, as `idempotent` does with keys and fingerprints.
 *
 * Equal values have the same hash, independent of the order of an object's names or of the entries of a set or map;
 * `Set`, `Map`, array and object, number and bigint and text, `Date` and bytes, 0 and -0, `undefined`, `null`, a
 * missing name and a hole in an array are all distinct. The hash of a value is stable across versions.
 *
 * @param value - text, numbers, bigints, booleans, null, undefined, dates, bytes, arrays, sets, maps and plain objects, nested to any depth.
 * @returns 43 characters of base64url. O(bytes), and sorting for sets and maps.
 * @throws MillraceError `IDEMPOTENCY_KEY_INVALID` for functions, symbols, cycles, instances of classes, and more than 256 MiB.
 * @example
 * canonicalHash({ a: 1, b: new Set([1, 2]) }) === canonicalHash({ b: new Set([2, 1]), a: 1 }) // => true
 * canonicalHash(new Set()) === canonicalHash({}) // => false
 */
export function canonicalHash(value: unknown): string {
  try {
    return nodeCrypto().hash('sha256', canonicalBytes(value), 'base64url')
  } catch (cause) {
    if (isMillraceError(cause)) throw cause
    throw new MillraceError(
      'IDEMPOTENCY_KEY_INVALID',
      'the key or fingerprint cannot be read: a getter or proxy threw',
      {
        cause,
      },
    )
  }
}
