import fc from 'fast-check'

/** Values of every kind that keys and results may hold, and of some that they may not. */
export function arbitraryData(constraints: Pick<fc.ObjectConstraints, 'key'> = {}): fc.Arbitrary<unknown> {
  return fc.anything({
    ...constraints,
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
    withNullPrototype: true,
    withUnicodeString: true,
  })
}
