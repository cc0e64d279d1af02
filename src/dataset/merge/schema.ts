import type { FileMetadata, SchemaElement } from '../../codecs/parquet/read/footer/file-metadata.ts'
import { type RawStruct, rawList, rawStruct } from '../../codecs/parquet/read/footer/raw-thrift.ts'
import { sourceError } from './source-error.ts'

/** The part of a file's metadata that is kept, without its row groups, which take most memory. */
export type FileNotes = Pick<FileMetadata, 'schema' | 'keyValues'>

/** The schema of a file: its elements as bytes, and as decoded by the reader. */
export interface RawSchema {
  readonly elements: readonly Uint8Array[]
  readonly seen: readonly SchemaElement[]
}

export function rawSchema(footer: RawStruct, { schema }: FileNotes): RawSchema {
  return { elements: rawList(footer.get(2))?.items ?? [], seen: schema }
}

/**
 * Check that two schemas are equal: names, order, types, annotations, nullability and field ids of all columns. The
 * root's name is ignored, and so is the form of an annotation, older, newer or both.
 *
 * @throws MillraceError `TYPE_MISMATCH` with the first column that differs.
 */
export function checkSameSchema(first: RawSchema, other: RawSchema, index: number): void {
  const length = Math.max(first.elements.length, other.elements.length)
  for (let at = 0; at < length; at++) {
    if (isSameElement(first, other, at)) continue
    const column = pathOf(other.seen, at) || pathOf(first.seen, at)
    const rule = differenceOf(first.seen[at], other.seen[at])
    throw sourceError(index, 'TYPE_MISMATCH', `its schema differs from that of sources.0: ${rule}`, { column })
  }
}

function isSameElement(first: RawSchema, other: RawSchema, at: number): boolean {
  const [a, b] = [first.elements[at], other.elements[at]]
  const [seenA, seenB] = [first.seen[at], other.seen[at]]
  if (a === undefined || b === undefined || seenA === undefined || seenB === undefined) return false
  if (Buffer.compare(a, b) === 0) return true
  const [rawA, rawB] = [rawStruct(a), rawStruct(b)]
  const isRoot = at === 0
  return (
    (isRoot || (seenA.name === seenB.name && seenA.repetition === seenB.repetition)) &&
    seenA.type === seenB.type &&
    seenA.typeLength === seenB.typeLength &&
    seenA.childCount === seenB.childCount &&
    isSameAnnotation(rawA, rawB, seenA, seenB) &&
    otherFields(rawA, rawB).every((id) => isSameField(rawA, rawB, id))
  )
}

/** Field ids, and unknown fields. */
function otherFields(a: RawStruct, b: RawStruct): number[] {
  return [...a.keys(), ...b.keys()].filter((id) => id < 1 || id === 9 || id > 10)
}

const LOGICAL = 10
const CONVERTED = [6, 7, 8]

function isSameAnnotation(a: RawStruct, b: RawStruct, seenA: SchemaElement, seenB: SchemaElement): boolean {
  if (a.has(LOGICAL) && b.has(LOGICAL) && !isSameField(a, b, LOGICAL)) return false
  const isVague = [seenA, seenB].some(({ logical }) => logical?.kind === 'null' || logical?.kind === 'other')
  if (isVague) return [LOGICAL, ...CONVERTED].every((id) => isSameField(a, b, id))
  return meaningOf(seenA) === meaningOf(seenB)
}

/** An annotation that only repeats the physical type counts as none. */
function meaningOf({ type, logical }: SchemaElement): string {
  const bits = type === 'INT32' ? 32 : 64
  const isPlain = logical?.kind === 'integer' && logical.signed && logical.bits === bits
  return isPlain || logical === undefined ? '' : JSON.stringify(Object.entries(logical).sort())
}

function isSameField(a: RawStruct, b: RawStruct, id: number): boolean {
  const [one, two] = [a.get(id), b.get(id)]
  if (one === undefined || two === undefined) return one === two
  return one.type === two.type && Buffer.compare(one.value, two.value) === 0
}

function differenceOf(first: SchemaElement | undefined, other: SchemaElement | undefined): string {
  if (first === undefined) return 'it has an additional column'
  if (other === undefined) return 'it lacks a column'
  if (first.name !== other.name) return 'it has another column here'
  return `${textOf(other)} instead of ${textOf(first)}`
}

/** Describe a schema element in the format's terms, without its name. */
function textOf(element: SchemaElement): string {
  const { type, typeLength, repetition, childCount, logical } = element
  const annotation = logical === undefined ? '' : ` ${JSON.stringify(logical)}`
  const what = type === undefined ? `group of ${childCount}` : `${type}${typeLength > 0 ? `(${typeLength})` : ''}`
  return `${repetition.toLowerCase()} ${what}${annotation}`
}

/** The path to an element of a schema, which is a depth-first list: `address.city`. The root has none. */
function pathOf(schema: readonly SchemaElement[], at: number): string {
  const open: { name: string; left: number }[] = []
  for (let index = 0; index <= at; index++) {
    const element = schema[index]
    if (element === undefined) return ''
    while (open.at(-1)?.left === 0) open.pop()
    const parent = open.at(-1)
    if (parent !== undefined) parent.left--
    open.push({ name: element.name, left: element.childCount })
  }
  return open
    .slice(1)
    .map(({ name }) => name)
    .join('.')
}
