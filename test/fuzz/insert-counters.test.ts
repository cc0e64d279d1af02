import { expect, test } from 'vitest'
import { insertCounters } from '../../fuzz/insert-counters.ts'

/** Run a source with counters, and return its result beside the counts. */
function run(text: string, argument: unknown): { result: unknown; counts: number[]; counters: number } {
  const { code, counters } = insertCounters(text, 0, 'hits')
  const counts = new Uint8Array(counters)
  const body = code.replace(/^import.*$/m, '').replace('export function', 'return function')
  const result = new Function('__hits', body)(counts)(argument)
  return { result, counts: [...counts], counters }
}

test('every function, branch, body of a loop, clause and right side has a counter, and the code does what it did', () => {
  const text = `export function f(x: number): string {
    if (x > 5) return 'large'
    else x++
    for (let at = 0; at < x; at++) x--
    while (x > 2) x--
    switch (x) {
      case 1:
        return 'one'
      default:
        x = x > 0 ? x : (x || 7)
    }
    try {
      JSON.parse('{')
    } catch {
      x = x ?? 3
    }
    return [x].map((y) => y + 1).join()
  }`
  const large = run(text, 9)
  expect(large).toMatchObject({ result: 'large', counters: 13 })
  expect(large.counts.filter((count) => count > 0)).toEqual([1, 1])
  const small = run(text, -1)
  expect(small.result).toBe('8')
  expect(small.counts.filter((count) => count > 0).length).toBeGreaterThan(4)
})

test('short literals are words for a mutator', () => {
  const { words } = insertCounters(
    `import { a } from './a.ts'\nexport const b = a === 'aws:sqs' || a === 'x'`,
    0,
    'hits',
  )
  expect(words).toEqual(['aws:sqs'])
})
