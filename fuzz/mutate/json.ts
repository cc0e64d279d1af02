import type { Random } from '../random.ts'
import { changed } from './bytes.ts'
import type { Mutator, Pool } from './mutator.ts'

type Holder = Record<string, unknown>

/** Places deeper or beyond these numbers are left alone: a few are enough to choose from. */
const MAX_PLACES = 400
const MAX_BYTES = 16_384
const EDGES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  1.5,
  1e21,
  -0,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  Number.MAX_VALUE,
  '',
  ' ',
  '0',
  '-1',
  '1e400',
  '007',
  '=',
  '====',
  'AA==',
  'H4sI',
  '84mawg==',
  '%',
  '%E0%A4%A',
  '\ud800',
  '\u0000',
  '\u{1f600}',
  '__proto__',
  'constructor',
  'toString',
  '{}',
  '[1]',
  'null',
  '9'.repeat(40),
  {},
  [],
  [[]],
  [null],
  { S: 'a' },
  { N: '1' },
]

/** Mutate a JSON text: parts of its value replaced, dropped, repeated, wrapped, renamed, or taken from another input; strings in them byte by byte. */
export const mutateJson: Mutator = (input, random, pool) => {
  const root = { root: parsed(input) ?? parsed(pool.other()) ?? null }
  const turns = 1 << random.below(3)
  for (let turn = 0; turn < turns; turn++) change(root, random, pool)
  const bytes = Buffer.from(JSON.stringify(root.root) ?? 'null')
  return bytes.length > MAX_BYTES ? input : bytes
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString())
  } catch {
    return undefined
  }
}

interface Place {
  readonly holder: Holder
  readonly key: string
}

function placesIn(value: unknown, places: Place[]): Place[] {
  if (typeof value !== 'object' || value === null) return places
  for (const key of Object.keys(value)) {
    if (places.length >= MAX_PLACES) break
    places.push({ holder: value as Holder, key })
    placesIn((value as Holder)[key], places)
  }
  return places
}

function change(root: { root: unknown }, random: Random, pool: Pool): void {
  const places = placesIn(root, [])
  const { holder, key } = random.pick(places)
  const value = holder[key]
  switch (random.below(10)) {
    case 0:
      if (holder !== root) delete holder[key]
      break
    case 1:
      setOwn(holder, key, random.once(2) ? [value] : { [wordOf(random, pool)]: value })
      break
    case 2:
      if (Array.isArray(holder)) holder.push(copy(value))
      else if (holder !== root) setOwn(holder, wordOf(random, pool), copy(value))
      break
    case 3:
      setOwn(holder, key, copy(foreignPart(random, pool)))
      break
    case 4: {
      const from = random.pick(places)
      setOwn(holder, key, copy(from.holder[from.key]))
      break
    }
    case 5:
      setOwn(holder, key, copy(random.pick(EDGES)))
      break
    default:
      setOwn(holder, key, changedScalar(value, random, pool))
  }
}

function foreignPart(random: Random, pool: Pool): unknown {
  const other = { root: parsed(pool.other()) }
  const { holder, key } = random.pick(placesIn(other, []))
  return holder[key]
}

function changedScalar(value: unknown, random: Random, pool: Pool): unknown {
  if (typeof value === 'string') {
    if (random.once(6)) return wordOf(random, pool)
    if (isBase64(value) && random.once(2)) return changedText(value, 'base64', random, pool)
    return changedText(value, random.once(2) ? 'utf8' : 'latin1', random, pool)
  }
  if (typeof value === 'number') return changedNumber(value, random)
  if (typeof value === 'boolean') return !value
  return copy(random.pick(EDGES))
}

function isBase64(text: string): boolean {
  return text.length >= 4 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
}

function changedText(text: string, encoding: BufferEncoding, random: Random, pool: Pool): string {
  const bytes = changed(Buffer.from(text, encoding), random, pool, () => random.pick(pool.words))
  return Buffer.from(bytes).toString(encoding)
}

function changedNumber(value: number, random: Random): unknown {
  const kind = random.below(6)
  if (kind === 0) return value + (random.once(2) ? 1 : -1)
  if (kind === 1) return -value
  if (kind === 2) return value * 10 ** random.below(20)
  if (kind === 3) return `${value}`
  if (kind === 4) return random.below(1000)
  return random.pick([0, -1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, 1e300])
}

function wordOf(random: Random, pool: Pool): string {
  return pool.words.length === 0 ? 'a' : Buffer.from(random.pick(pool.words)).toString()
}

function copy(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? structuredClone(value) : value
}

function setOwn(holder: Holder, key: string, value: unknown): void {
  if (Array.isArray(holder)) holder[Number(key)] = value
  else Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true })
}
