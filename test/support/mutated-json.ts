import fc from 'fast-check'

/** A JSON value in which one to three parts, anywhere, are something else, gone, or there twice. */
export function mutated(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const kind = fc.constantFrom<Change['kind']>('replace', 'replace', 'drop', 'wrap', 'repeat')
  const change = fc.record({ at: fc.nat(), kind, by: fc.oneof(fc.jsonValue(), rubbish) })
  return fc
    .tuple(value, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([original, changes]) => changes.reduce((current, each) => changed(current, each), structuredClone(original)))
}

const rubbish = fc.constantFrom<unknown>(
  null,
  '',
  0,
  -1,
  {},
  [],
  [[]],
  'H4sI',
  '84mawg==',
  '=',
  true,
  undefined,
  Number.NaN,
)

interface Change {
  readonly at: number
  readonly kind: 'replace' | 'drop' | 'wrap' | 'repeat'
  readonly by: unknown
}

/** Each part is an object of its own: one that lay at two places could be put into itself. */
function changed(root: unknown, { at, kind, by }: Change): unknown {
  const places = placesIn(root)
  const place = places[at % Math.max(1, places.length)]
  if (place === undefined) return structuredClone(by)
  const { holder, key } = place
  if (kind === 'replace') setOwn(holder, key, structuredClone(by))
  else if (kind === 'wrap') setOwn(holder, key, [holder[key]])
  else if (kind === 'drop') delete holder[key]
  else if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]))
  return root
}

interface Spot {
  readonly holder: Record<string, unknown>
  readonly key: string
}

function placesIn(value: unknown): readonly Spot[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])])
}

function setOwn(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true })
}
