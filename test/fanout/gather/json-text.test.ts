import { expect, test } from 'vitest'
import { gather } from '../../../src/fanout/gather/gather.ts'
import { memoryGather } from '../../../src/fanout/gather/memory-gather.ts'

test('gather names itself and its options; a result that is a flag is text of JSON', async () => {
  const options = { store: memoryGather(), run: 'r', parts: 2 }
  expect(() => gather({ ...options, part: 1 } as never)).toThrow(
    /^gather: there is no option "part"; did you mean parts/,
  )
  expect(() => gather({ ...options, run: '' })).toThrow(/^gather: run must be a non-empty string/)
  const run = gather(options)
  await run.arrive(0, true)
  await run.arrive(1, [false, true])
  const results: unknown[] = []
  for await (const each of run.results()) results.push(each.result)
  expect(results).toEqual([true, [false, true]])
})
