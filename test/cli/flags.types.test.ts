import { expectTypeOf, test } from 'vitest'
import type { LIMIT_FLAGS } from '../../src/cli/limit-flags.ts'
import type { READ_FLAGS } from '../../src/cli/read-flags.ts'
import type { NOT_BY_FLAG, WRITE_FLAGS } from '../../src/cli/write-flags.ts'
import type { CodecLimits, CodecOptions } from '../../src/codecs/index.ts'

type OptionOf<Flags> = Flags[keyof Flags] extends { readonly option: infer Option } ? Option : never

test('every option of the codecs has a flag, or a reason to have none', () => {
  type ByFlag = OptionOf<typeof READ_FLAGS> | OptionOf<typeof WRITE_FLAGS>
  expectTypeOf<ByFlag | (typeof NOT_BY_FLAG)[number]>().toEqualTypeOf<keyof CodecOptions>()
  expectTypeOf<ByFlag & (typeof NOT_BY_FLAG)[number]>().toEqualTypeOf<never>()
})

test('every limit has a flag', () => {
  type Limits = (typeof LIMIT_FLAGS)[keyof typeof LIMIT_FLAGS]['limit']
  expectTypeOf<Limits>().toEqualTypeOf<keyof CodecLimits>()
})
