import fc from 'fast-check'
import { expect } from 'vitest'
import { inflatedSource } from '../../src/codecs/inflated-source.ts'
import { law } from '../support/law.ts'
import { collect, stream } from '../support/streams.ts'

law(
  'codecFor: any range of an inflated file, read or streamed, is that range of its bytes, and takes no more chunks than it needs',
  fc.asyncProperty(
    fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 6 }),
    fc.nat(30),
    fc.option(fc.nat(30), { nil: undefined }),
    async (chunks, start, end) => {
      let taken = 0
      const source = inflatedSource(async function* () {
        for (const chunk of chunks) {
          taken++
          yield chunk
        }
      })
      const whole = Buffer.concat(chunks)
      const range = whole.subarray(start, Math.max(start, end ?? whole.length))
      const parts = await collect(source.stream(end === undefined ? { start } : { start, end }))
      expect(Buffer.concat(parts).equals(range)).toBe(true)
      expect(parts.every((part) => part.length > 0)).toBe(true)
      const needed = chunks.findIndex((_, at) => Buffer.concat(chunks.slice(0, at + 1)).length >= (end ?? Infinity))
      expect(taken).toBe(needed < 0 ? chunks.length : needed + 1)
      expect(
        Buffer.from(await source.read(start, end ?? 30)).equals(whole.subarray(start, Math.max(start, end ?? 30))),
      ).toBe(true)
      expect(Buffer.concat(await collect(source.stream())).equals(whole)).toBe(true)
      expect(Buffer.concat(await collect(inflatedSource(() => stream(chunks)).stream())).equals(whole)).toBe(true)
    },
  ),
)
