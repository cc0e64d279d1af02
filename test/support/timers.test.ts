import { expect, test } from 'vitest'
import { timersLeftBy } from './timers.ts'

test('counts the timers that work leaves, and no others', async () => {
  const others = setTimeout(() => {}, 60_000)
  const left: NodeJS.Timeout[] = []
  const start = async () => void left.push(setTimeout(() => {}, 60_000))
  expect(await timersLeftBy(start)).toBe(1)
  expect(await timersLeftBy(async () => clearTimeout(setTimeout(() => {}, 60_000)))).toBe(0)
  expect(await timersLeftBy(async () => new Promise((done) => setTimeout(done, 1)))).toBe(0)
  for (const timer of [others, ...left]) clearTimeout(timer)
})
