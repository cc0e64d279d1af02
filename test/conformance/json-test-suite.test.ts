import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { decodeJson, decodeNdjson } from '../../src/codecs/json/json.ts'
import { isMillraceError } from '../../src/errors.ts'

const corpus = fileURLToPath(new URL('../../../shared/corpora/json/', import.meta.url))
const files = existsSync(corpus) ? readdirSync(corpus).filter((name) => name.endsWith('.json')) : []

/** Valid JSON that we refuse for what it says, not for how it is written. */
const REFUSED: Readonly<Record<string, string>> = {}

/** True where the bytes are read; false where they are refused by a typed error. Any other error fails the test. */
function isRead(decode: () => unknown): boolean {
  try {
    decode()
    return true
  } catch (error) {
    if (isMillraceError(error)) return false
    throw error
  }
}

const inField = (value: Uint8Array): Uint8Array => Buffer.concat([Buffer.from('[{"v":'), value, Buffer.from('}]')])

/** The text itself is an object, or an array of objects alone. */
function isRows(source: Uint8Array): boolean {
  const value: unknown = JSON.parse(
    Buffer.from(source)
      .toString('utf8')
      .replace(/^\ufeff/, ''),
  )
  const isObject = (one: unknown): boolean => typeof one === 'object' && one !== null && !Array.isArray(one)
  return Array.isArray(value) ? value.every(isObject) : isObject(value)
}

describe.skipIf(files.length === 0)('JSONTestSuite (skipped where ../shared/corpora is absent)', () => {
  test.each(files)('%s', (name) => {
    const source = readFileSync(corpus + name)
    const asField = isRead(() => decodeJson(inField(source)))
    const asFile = isRead(() => decodeJson(source))
    expect(isRead(() => decodeNdjson(source))).toBe(asFile)
    if (name.startsWith('y_')) {
      expect(asField).toBe(REFUSED[name] === undefined)
      expect(asFile).toBe(REFUSED[name] === undefined && isRows(source))
    } else if (name.startsWith('n_')) {
      expect([asField, asFile]).toEqual([false, false])
    }
  })
})
