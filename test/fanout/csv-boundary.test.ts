import { expect, test } from 'vitest'
import { csvSettings } from '../../src/codecs/csv/csv-options.ts'
import { csvBoundary } from '../../src/fanout/csv-boundary.ts'

const boundaryOf = (text: string, isEnd = false, width = 2) =>
  csvBoundary(Buffer.from(text), isEnd, csvSettings({}), width)

test('a piece that begins with a quoted field: the line break inside is none, and states that break a rule are excluded', () => {
  expect(boundaryOf('"a\nb",c\n1,2\n3,4\n')).toEqual({ at: 8, sampleEnd: 12 })
  expect(boundaryOf('"a\nb",c\n1,2\n3,4\n', true)).toEqual({ at: 8, sampleEnd: 12 })
  expect(boundaryOf('x",c\n1,"2"\n3,4\n5,6\n')).toEqual({ at: 5, sampleEnd: 15 })
})

test('a field that is longer than the first look at a piece is read to its end', () => {
  const head = `a,"${'x'.repeat(70_000)}\ny",b\n`
  for (const isEnd of [false, true]) expect(boundaryOf(`${head}1,2,3\n3,4,5\n`, isEnd, 3)?.at).toBe(head.length)
})
