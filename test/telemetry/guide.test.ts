import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { METRICS, type MetricChannel, metricNames, metricsOf, unitOf } from '../../src/telemetry/metrics.ts'
import { CHANNEL_NAMES } from './support.ts'

const file = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')
const guide = file('docs/telemetry.md')

/** The rows of the guide's table that begins with a header, as lists of cells. */
function tableOf(header: string): string[][] {
  const [, after = ''] = guide.split(`${header}\n`)
  const lines = after.split('\n\n')[0]?.split('\n').slice(1) ?? []
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

/** The names in back ticks of a cell. */
const named = (cell = ''): string[] => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name = '']) => name)

/** The fields of each message type, without those that all have; optional ones with a question mark. */
function messageFields(): Map<string, string[]> {
  const source = ts.createSourceFile('channels.ts', file('src/internal/channels.ts'), ts.ScriptTarget.Latest, true)
  const fields = new Map<string, string[]>()
  for (const node of source.statements) {
    if (!ts.isInterfaceDeclaration(node) || !node.name.text.endsWith('Message')) continue
    const names = node.members
      .filter(ts.isPropertySignature)
      .map(({ name, questionToken }) => name.getText() + (questionToken ? '?' : ''))
    fields.set(node.name.text, names)
  }
  return fields
}

test('the table of channels has every channel, with the fields of its message', () => {
  const rows = tableOf('| Channel | Operation | Message |')
  const fields = messageFields()
  const typeOf = (channel: string) => `${channel[0]?.toUpperCase()}${channel.slice(1)}Message`
  const written = rows.map(([channel, , message]) => [named(channel)[0], named(message)[0]])
  expect(written).toEqual(CHANNEL_NAMES.map((channel) => [channel, fields.get(typeOf(channel))?.join(', ')]))
})

describe('the table of metrics', () => {
  const rows = tableOf('| Metric | Unit | Of | Counts |')

  test('has every metric once, with its unit and the channels that it sums up', () => {
    const channels = Object.keys(METRICS) as MetricChannel[]
    const expected = [...new Set(metricNames())].map((name) => {
      const of = channels.filter((channel) => metricsOf(channel).some(([each]) => each === name))
      return [name, unitOf(name), of]
    })
    expect(rows.map(([name, unit, of]) => [named(name)[0], unit, named(of)])).toEqual(expected)
  })

  test('and the list of alarms names no other metric of this library', () => {
    const others = [
      'ApproximateNumberOfMessagesVisible',
      'AWS/SQS',
      'EMFParsingErrors',
      'EMFValidationErrors',
      'AWS/Logs',
      'Errors',
    ]
    const alarms = tableOf('| Alarm | Metric | Meaning |')
    expect(alarms.length).toBeGreaterThan(8)
    for (const [, metric] of alarms) {
      for (const name of named(metric)) expect([...metricNames(), ...others]).toContain(name)
    }
  })
})
