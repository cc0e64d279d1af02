import type { Data, Field, FixedSizeList, List, Map_, Struct } from 'apache-arrow'
import { MillraceError } from '../../errors.ts'
import { isKeyValueObject } from '../../internal/key-value-object.ts'
import { columnData, grown, trimmed, validity } from './buffers.ts'
import type { ColumnBuilder } from './builder.ts'

/** Creates the builder of a child column; a parameter, since children may be nested themselves. */
export type FieldBuilder = (field: Field) => ColumnBuilder

/** Appends all parts of one nested value to its children, or returns false; parts appended until then are removed again. */
type AppendParts = (value: unknown) => boolean

export function listBuilder(type: List, builderOf: FieldBuilder): ColumnBuilder {
  const item = builderOf(childField(type.children, 0))
  const append: AppendParts = (value) => isArrayLike(value) && appendAll(item, value)
  return offsetBuilder(type, item, append, () => item.finish())
}

export function mapBuilder(type: Map_, builderOf: FieldBuilder): ColumnBuilder {
  const entries = childField(type.children, 0)
  const [key, value] = [childField(entries.type.children, 0), childField(entries.type.children, 1)].map(builderOf)
  if (key === undefined || value === undefined)
    throw new MillraceError('UNSUPPORTED_FORMAT', 'a map has keys and values')
  const pair = {
    get length() {
      return key.length
    },
    truncate(length: number) {
      key.truncate(length)
      value.truncate(length)
    },
  }
  const append: AppendParts = (map) => {
    const pairs: Iterable<unknown> | undefined = map instanceof Map || Array.isArray(map) ? map : undefined
    if (pairs === undefined) return false
    for (const entry of pairs) {
      if (!Array.isArray(entry) || entry.length !== 2 || entry[0] === null || entry[0] === undefined) return false
      if (!key.append(entry[0]) || !value.append(entry[1])) return false
    }
    return true
  }
  return offsetBuilder(type, pair, append, () => {
    const { length } = key
    return columnData(entries.type, length, { children: [key.finish(), value.finish()] })
  })
}

/** A builder over offsets into one child. */
function offsetBuilder<T extends List | Map_>(
  type: T,
  child: Pick<ColumnBuilder, 'length' | 'truncate'>,
  appendParts: AppendParts,
  finishChild: () => Data,
): ColumnBuilder<T> {
  let offsets = new Int32Array(1)
  let length = 0
  const valid = validity()
  const close = (isValid: boolean): void => {
    offsets = grown(offsets, length + 2)
    offsets[length + 1] = child.length
    valid.set(length++, isValid)
  }
  return {
    type,
    get length() {
      return length
    },
    append(value) {
      const isValid = value !== null && value !== undefined
      if (isValid && !appendParts(value)) {
        child.truncate(offsets[length] ?? 0)
        return false
      }
      close(isValid)
      return true
    },
    appendNull: () => close(false),
    truncate(to) {
      length = to
      child.truncate(offsets[to] ?? 0)
    },
    finish() {
      const data = columnData(type, length, {
        valueOffsets: trimmed(offsets, length + 1),
        validity: valid.take(length),
        children: [finishChild()],
      })
      offsets = new Int32Array(1)
      length = 0
      return data
    },
  }
}

export function fixedListBuilder(type: FixedSizeList, builderOf: FieldBuilder): ColumnBuilder {
  const { listSize } = type
  const item = builderOf(childField(type.children, 0))
  return alignedBuilder(type, [item], listSize, (value) => {
    return isArrayLike(value) && value.length === listSize && appendAll(item, value)
  })
}

export function structBuilder(type: Struct, builderOf: FieldBuilder): ColumnBuilder {
  const columns = type.children.map((field) => ({ name: field.name, builder: builderOf(field) }))
  const names = new Set(type.children.map((field) => field.name))
  const builders = columns.map(({ builder }) => builder)
  return alignedBuilder(type, builders, 1, (value) => {
    if (!isKeyValueObject(value)) return false
    for (const key of Object.keys(value)) {
      if (!names.has(key) && value[key] !== undefined && value[key] !== null) return false
    }
    return columns.every(({ name, builder }) => builder.append(Object.hasOwn(value, name) ? value[name] : null))
  })
}

/** A builder over children that hold `size` values for each of its own. */
function alignedBuilder<T extends FixedSizeList | Struct>(
  type: T,
  children: readonly ColumnBuilder[],
  size: number,
  appendParts: AppendParts,
): ColumnBuilder<T> {
  let length = 0
  const valid = validity()
  const truncateChildren = (): void => {
    for (const child of children) child.truncate(length * size)
  }
  const appendNull = (): void => {
    for (const child of children) for (let part = 0; part < size; part++) child.appendNull()
    valid.set(length++, false)
  }
  return {
    type,
    get length() {
      return length
    },
    append(value) {
      if (value === null || value === undefined) {
        appendNull()
        return true
      }
      if (!appendParts(value)) {
        truncateChildren()
        return false
      }
      valid.set(length++, true)
      return true
    },
    appendNull,
    truncate(to) {
      length = to
      truncateChildren()
    },
    finish() {
      const parts = { validity: valid.take(length), children: children.map((child) => child.finish()) }
      const data = columnData(type, length, parts)
      length = 0
      return data
    },
  }
}

function appendAll(builder: ColumnBuilder, values: ArrayLike<unknown>): boolean {
  for (let index = 0; index < values.length; index++) if (!builder.append(values[index])) return false
  return true
}

/** Arrays, and typed arrays as lists of numbers. */
function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
}

function childField(fields: readonly Field[], index: number): Field {
  const field = fields[index]
  if (field === undefined) throw new MillraceError('UNSUPPORTED_FORMAT', 'a nested column type has no child')
  return field
}
