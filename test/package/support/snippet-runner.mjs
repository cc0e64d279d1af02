// Runs the modules named in `modules.json`, one after the other, and leaves `results.json`: the failures of each, by line of the module.
import { readFileSync, writeFileSync } from 'node:fs'
import { inspect, isDeepStrictEqual } from 'node:util'

const TIMEOUT_MS = 20_000
const modules = JSON.parse(readFileSync('modules.json', 'utf8'))
let failures = []

globalThis.__check = (line, actual, expected) =>
  settle(
    actual,
    (value) => compare(line, value, expected()),
    (error) => failures.push({ line, message: told(error) }),
  )
globalThis.__throws = (line, actual, code) =>
  settle(
    actual,
    () => failures.push({ line, message: `expected an error ${code}, nothing was thrown` }),
    (error) => {
      if (error?.code !== code && error?.name !== code)
        failures.push({ line, message: `expected an error ${code}, got ${told(error)}` })
    },
  )

function settle(thunk, onValue, onError) {
  try {
    const value = thunk()
    return value instanceof Promise ? value.then(onValue, onError) : onValue(value)
  } catch (error) {
    return onError(error)
  }
}

function compare(line, actual, expected) {
  const done = (value) => {
    if (isDeepStrictEqual(plain(value), plain(expected))) return
    failures.push({ line, message: `expected ${shown(expected)}\n     got ${shown(plain(value))}` })
  }
  return typeof actual?.[Symbol.asyncIterator] === 'function' ? Array.fromAsync(actual).then(done) : done(actual)
}

/** Iterables as arrays and objects as plain ones, so that a value may be told by a literal. */
function plain(value) {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  if (ArrayBuffer.isView(value)) return Buffer.isBuffer(value) ? new Uint8Array(value) : value
  if (value instanceof Date || value instanceof Map || value instanceof Set || value instanceof Error) return value
  if (typeof value.toJSON === 'function' && typeof value[Symbol.iterator] === 'function')
    return plainObject(value.toJSON())
  if (typeof value[Symbol.iterator] === 'function') return [...value].map(plain)
  return plainObject(value)
}

function plainObject(value) {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return plain(value)
  const result = {}
  for (const key of Object.keys(value))
    Object.defineProperty(result, key, { value: plain(value[key]), enumerable: true })
  return result
}

const shown = (value) => inspect(value, { depth: 8, breakLength: 120, maxStringLength: 400 })
const told = (error) =>
  error instanceof Error ? `${error.code ? `${error.code}: ` : ''}${error.message}` : shown(error)

/** The line of a module in which an error began. */
function lineOf(error, file) {
  const frame = String(error?.stack)
    .split('\n')
    .find((line) => line.includes(file))
  return Number(frame?.match(/:(\d+):\d+\)?$/)?.[1] ?? 1) - 1
}

const results = {}
for (const file of modules) {
  failures = []
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS)
  })
  try {
    await Promise.race([import(new URL(file, `file://${process.cwd()}/`)), late])
  } catch (error) {
    failures.push({ line: lineOf(error, file), message: told(error) })
  }
  clearTimeout(timer)
  results[file] = failures
}
writeFileSync('results.json', JSON.stringify(results))
process.exit(0)
