import { afterEach, describe, expect, test, vi } from 'vitest'
import { readTypes } from '../../src/cli/read-types.ts'

afterEach(() => vi.restoreAllMocks())

describe('readTypes', () => {
  const read = (text: string, options = {}) => {
    let again = 0
    const reading = readTypes('a.csv', options, Buffer.from(text), 20, () => {
      again++
    })
    return reading.then((found) => ({ ...found, again }))
  }

  test('takes the CPU seconds of one reading', async () => {
    const spent = vi.spyOn(process, 'cpuUsage').mockImplementation((since) => ({
      user: since === undefined ? 0 : 3_000_000,
      system: since === undefined ? 0 : 500_000,
    }))
    expect((await read('a\n1\n')).cpuSeconds).toBe(3.5)
    expect(spent).toHaveBeenCalledTimes(2)
  })

  test('reads once where all rows fit, or where the user has said how many rows count', async () => {
    expect(await read('a\n1\n')).toMatchObject({ firstRows: undefined, again: 0, survey: { rows: 1 } })
    expect(await read('a\n1\nx\n', { inferRows: 1 })).toMatchObject({ firstRows: undefined, again: 0 })
    expect(await read('a,b\n1,2\n3\n')).toMatchObject({ firstRows: undefined, again: 0 })
  })

  test('reads again where a later row has another type', async () => {
    const found = await read(`a\n${'1\n'.repeat(10_000)}x\n`)
    expect(found).toMatchObject({ again: 1, survey: { rows: 10_001 }, firstRows: { rows: 10_000 } })
    expect([found.survey, found.firstRows].map((each) => each?.columns[0]?.type)).toEqual(['string', 'int64'])
  })
})
