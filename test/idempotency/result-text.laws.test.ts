import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import { decodeResult, encodeResult } from '../../src/idempotency/result-text.ts'
import { law } from '../support/law.ts'
import { arbitraryData } from './support/arbitrary-data.ts'

const key = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', 'toJSON', '$date', '$set', '$', '\\', '\n', '"', '\ud800', '0', ''),
)
const result = arbitraryData({ key })

describe('results', () => {
  law(
    'results: stored results are deeply and strictly equal when read, from well-formed text',
    fc.property(result, (value) => {
      const outcome = encodeResult(value)
      if (outcome.kind === 'none') throw new Error(`not kept: ${outcome.reason}`)
      expect(outcome.text).toBe(Buffer.from(outcome.text).toString())
      const back = decodeResult(outcome.text)
      expect(isDeepStrictEqual(back, value)).toBe(true)
    }),
    { runs: 1000 },
  )

  law(
    'results: any text returns a value or throws IDEMPOTENCY_RESULT_UNAVAILABLE, and Object.prototype is not modified',
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc
          .tuple(
            fc.constantFrom(
              '$set',
              '$map',
              '$object',
              '$bare',
              '$sparse',
              '$bigint',
              '$date',
              '$Int32Array',
              '$what',
              '$Buffer',
            ),
            fc.jsonValue(),
          )
          .map(([name, value]) => JSON.stringify({ [name]: value, entries: value })),
      ),
      (text) => {
        try {
          decodeResult(text)
        } catch (error) {
          expect(isMillraceError(error, 'IDEMPOTENCY_RESULT_UNAVAILABLE')).toBe(true)
        }
        expect(Object.keys(Object.prototype)).toEqual([])
      },
    ),
    { runs: 500 },
  )
})
