import { fieldOf } from './json-input.ts'

type Fields = Record<string, unknown>

/**
 * A value as the SDK of AWS would have it: its deserializers give each field its type or leave it out, whatever the service sends. What is in attributes, keys
 * and bodies is as the service, or whoever wrote there, has it.
 */
export function sdkOutput(value: unknown): Fields {
  const output: Fields = {}
  for (const [name, read] of Object.entries(READERS)) {
    const field = read(fieldOf(value, name))
    if (field !== undefined) output[name] = field
  }
  return output
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined)
const time = (value: unknown): Date | undefined => (typeof value === 'number' ? new Date(value) : undefined)

/** Items that are not null, each read. */
function list<T>(read: (value: unknown) => T | undefined): (value: unknown) => T[] | undefined {
  return (value) => (Array.isArray(value) ? value.flatMap((item) => read(item) ?? []) : undefined)
}

function record<T>(read: (value: unknown) => T | undefined): (value: unknown) => Record<string, T> | undefined {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const fields = Object.entries(value).flatMap(([name, item]) => {
      const field = read(item)
      return field === undefined ? [] : [[name, field] as const]
    })
    return Object.fromEntries(fields)
  }
}

function fields(
  readers: Readonly<Record<string, (value: unknown) => unknown>>,
): (value: unknown) => Fields | undefined {
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined
    const found = Object.entries(readers).map(([name, read]) => [name, read(fieldOf(value, name))] as const)
    return Object.fromEntries(found.filter(([, field]) => field !== undefined))
  }
}

/** One field, the first that has its type. */
function attribute(value: unknown): Fields | undefined {
  for (const [name, read] of Object.entries(ATTRIBUTES)) {
    const content = read(fieldOf(value, name))
    if (content !== undefined) return { [name]: content }
  }
  return undefined
}

const ATTRIBUTES: Readonly<Record<string, (value: unknown) => unknown>> = {
  S: text,
  N: text,
  BOOL: flag,
  NULL: flag,
  SS: list(text),
  NS: list(text),
  L: list(attribute),
  M: (value) => item(value),
}

const item = record(attribute)
const READERS: Readonly<Record<string, (value: unknown) => unknown>> = {
  Item: item,
  Attributes: item,
  Responses: record(list(item)),
  UnprocessedKeys: record(fields({ Keys: list(item) })),
  Contents: list(fields({ Key: text, Size: number, ETag: text, LastModified: time })),
  CommonPrefixes: list(fields({ Prefix: text })),
  IsTruncated: flag,
  NextContinuationToken: text,
  EncodingType: text,
  ETag: text,
  Body: text,
}
