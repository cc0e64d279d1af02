import fc from 'fast-check'

/** Values as most calls have them, and those at the edges that look alike in JSON or as text. */
const common = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    Number.NaN,
    0,
    -0,
    2 ** 53,
    2 ** 53 + 2,
    2n ** 53n,
    '',
    '0',
    'NaN',
    'null',
    'é',
    '👍🏽',
  ),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true, false),
  fc.integer({ min: -1000, max: 1000 }),
  fc.string({ maxLength: 8 }),
)

/** Values of every kind that keys and results may hold, and of some that they may not. */
export function arbitraryData(constraints: Pick<fc.ObjectConstraints, 'key'> = {}): fc.Arbitrary<unknown> {
  const anything = fc.anything({
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
  const { key = fc.constantFrom('id', 'amount', 'note', '') } = constraints
  const call = fc.dictionary(key, common, { maxKeys: 4, noNullPrototype: true })
  return fc.oneof(
    { weight: 3, arbitrary: call },
    { weight: 2, arbitrary: fc.oneof(common, fc.array(fc.oneof(common, call), { maxLength: 4 })) },
    { weight: 5, arbitrary: anything },
  )
}
