import fc from 'fast-check'
import type { Image } from '../../../src/cdc/index.ts'
import { arbitraryImage } from '../../../src/testing/index.ts'

type Fields = Readonly<Record<string, unknown>>

/** Two images of which the second is made from the first: some attributes stay, some go, some come, some are other ones. */
export function arbitraryPair(image = arbitraryImage()): fc.Arbitrary<readonly [Image, Image]> {
  return fc
    .tuple(image, image, fc.array(fc.boolean(), { maxLength: 12 }), fc.boolean())
    .map(([before, other, keep, isDeep]) => {
      const after: Image = { ...other }
      Object.entries(before).forEach(([name, value], index) => {
        if (keep[index] !== false) define(after, name, isDeep ? edited(value, other) : value)
      })
      return [before, after] as const
    })
}

/** A map with an attribute more. */
function edited(value: Image[string], other: Image): Image[string] {
  return value.M === undefined ? value : { M: { ...value.M, ...other } }
}

export function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
}

/** The same value, its maps and its sets in another order. */
export function reversed(value: unknown): unknown {
  if (value instanceof Set) return new Set([...value].map(reversed).reverse())
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  const copy = {}
  for (const [name, each] of Object.entries(value).reverse())
    define(copy, name, isSetTag(name, each) ? [...each].reverse() : reversed(each))
  return copy
}

function isSetTag(name: string, value: unknown): value is readonly unknown[] {
  return ['SS', 'NS', 'BS'].includes(name) && Array.isArray(value)
}

/** Attribute values, or names of their types, anywhere in an image. */
export function allAttributes(image: unknown): Fields[] {
  if (typeof image !== 'object' || image === null || image instanceof Uint8Array) return []
  return [image as Fields, ...Object.values(image).flatMap(allAttributes)]
}

/** Whether some map has an attribute called `__proto__`. */
export function hasProtoName(image: unknown): boolean {
  return allAttributes(image).some((each) => Object.hasOwn(each, '__proto__'))
}
