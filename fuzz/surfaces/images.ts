import fc from 'fast-check'
import * as cdc from '../../src/cdc/index.ts'
import { isMillraceError } from '../../src/errors.ts'
import { arbitraryImage } from '../../src/testing/arbitrary-image.ts'
import { note } from '../hits.ts'
import { mutateJson } from '../mutate/json.ts'
import { Difference, type Surface } from '../surface.ts'
import { choiceOf, fieldOf, inputOf, jsonOf } from './support/json-input.ts'
import { token } from './support/same.ts'

const OPTIONS: readonly cdc.DeserializeOptions[] = [
  {},
  {},
  { numbers: 'string' },
  { numbers: 'bigint' },
  { numbers: 'number', binary: 'base64' },
  { sets: 'array', numbers: (text) => text.length },
  { maxDepth: 2 },
]

function run(input: Uint8Array): void {
  const value = jsonOf(input)
  const [before, after] = ['before', 'after'].map((name) => fieldOf(value, name) as cdc.Image)
  const options = OPTIONS[choiceOf(value, 'way', OPTIONS.length)] ?? {}
  const items = [before, after].map((image) => attempt(() => cdc.deserializeImage(image as cdc.Image, options)))
  const names = attempt(() => cdc.detectImageChanges(before, after, pick(options)))
  if (names !== undefined) note(1000 + Math.min(names.length, 31))
  const [left, right] = items
  if (left === undefined || right === undefined) return
  const changed = attempt(() => cdc.detectChanges(left, right))
  const isExact = options.numbers === undefined && options.maxDepth === undefined
  if (isExact && changed !== undefined && names !== undefined && changed.join() !== names.join())
    throw new Difference(`changes of images and of items: ${names} and ${changed}`)
  if (isExact) checkRoundTrip(left)
  const changes = attempt(() => cdc.diff(left, right))
  if (changes !== undefined && changed !== undefined && (changes.length === 0) !== (changed.length === 0))
    throw new Difference('a diff where nothing changed, or none where something did')
  if (changes !== undefined) attempt(() => cdc.toJsonPatch(changes))
}

function pick({ maxDepth }: cdc.DeserializeOptions): cdc.DetectOptions {
  return maxDepth === undefined ? {} : { maxDepth }
}

/** An item that is written, and read again, is the same. */
function checkRoundTrip(item: cdc.Item): void {
  const written = attempt(() => cdc.serializeImage(item))
  if (written === undefined) return
  const back = cdc.deserializeImage(written as cdc.Image)
  if (cdc.detectChanges(item, back).length > 0)
    throw new Difference(`item and item written: ${token(item)} and ${token(back)}`)
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!isMillraceError(error)) throw error
    note(1200 + error.code.length)
    return undefined
  }
}

const SEED: unknown[] = [
  {
    way: 0,
    before: { id: { S: 'a' }, n: { N: '1.50' } },
    after: { id: { S: 'a' }, n: { N: '1.5' }, l: { L: [{ NULL: true }, { BOOL: false }] } },
  },
  { way: 1, before: { b: { B: 'AQI=' }, s: { SS: ['a', 'b'] } }, after: { b: { B: 'AQM=' }, s: { SS: ['b', 'a'] } } },
  {
    way: 2,
    before: { m: { M: { x: { N: '1E10' }, y: { NS: ['1', '2'] } } } },
    after: { m: { M: { y: { NS: ['2.0', '1'] } } } },
  },
  {
    way: 3,
    before: { bs: { BS: ['AA==', 'AQ=='] }, n: { N: '-0' } },
    after: { n: { N: '0' }, big: { N: '12345678901234567890123456789012345678' } },
  },
  { way: 0, before: {}, after: null },
]

export const surface: Surface = {
  seeds: () => {
    const images = fc.sample(arbitraryImage(), { numRuns: 40, seed: 20261129 })
    const pairs = images.map((image, index) => ({ way: index, before: image, after: images[(index * 7 + 1) % 40] }))
    return [...SEED, ...pairs].map(inputOf).filter(({ length }) => length < 4000)
  },
  mutate: mutateJson,
  run,
}
