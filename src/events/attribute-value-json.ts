import { base64Text } from '../internal/base64.ts'

type Image = Readonly<Record<string, unknown>>

/** Convert an item from the SDK's clients to the form of Lambda events: binary as base64. Nothing else changes. */
export function imageJson(image: Image): Image {
  return mapValues(image, valueJson)
}

function valueJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const { B, BS, L, M } = value as {
    readonly B?: unknown
    readonly BS?: unknown
    readonly L?: unknown
    readonly M?: unknown
  }
  if (B !== undefined) return { B: base64Of(B) }
  if (Array.isArray(BS)) return { BS: BS.map(base64Of) }
  if (Array.isArray(L)) return { L: L.map(valueJson) }
  return typeof M === 'object' && M !== null ? { M: mapValues(M as Image, valueJson) } : value
}

function base64Of(bytes: unknown): unknown {
  return bytes instanceof Uint8Array ? base64Text(bytes) : bytes
}

/** `fromEntries` keeps an attribute `__proto__` as an own key. */
function mapValues(image: Image, change: (value: unknown) => unknown): Image {
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, change(value)]))
}
