import { writeFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import type { Inspection } from '../../src/cli/inspection.ts'
import { folder, runCli } from './support.ts'

const files = folder()
afterAll(files.remove)

const inspected = async (name: string, data: string, ...flags: readonly string[]): Promise<Inspection> => {
  writeFileSync(files.file(name), data)
  const { stdout, stderr } = await runCli(['inspect', files.file(name), '--json', ...flags])
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}
const typesIn = async (name: string, data: string, ...flags: readonly string[]) =>
  (await inspected(name, data, ...flags)).columns.map((column) => column.type)

describe('columns of JSON', () => {
  test('are json where a value is no string, and string where all texts only look like JSON', async () => {
    expect(await typesIn('a.ndjson', '{"v":"1","w":"1"}\n{"v":"2","w":2}\n')).toEqual(['string', 'json'])
    expect(await typesIn('a.ndjson', '{"v":1}\n{"v":"2"}\n')).toEqual(['json'])
    expect(await typesIn('a.ndjson', '{"v":1}\n{"v":"x"}\n')).toEqual(['json'])
    expect(await typesIn('a.ndjson', '{"v":"x"}\n{"v":"1"}\n')).toEqual(['string'])
    expect(await typesIn('a.ndjson', '{"v":null,"n":1}\n{"v":null,"n":2}\n')).toEqual(['string', 'int64'])
  })

  test('keep the type that the user pins', async () => {
    const kinds = '{"v":1,"w":1}\n{"v":"1","w":"1"}\n'
    const pinned = await inspected('a.ndjson', kinds, '--schema', 'v=string', '--infer-rows', 'all')
    expect(pinned.columns.map((column) => column.type)).toEqual(['string', 'json'])
    expect(pinned.refused.count).toBe(1)
  })

  test('are found in a later batch', async () => {
    const rows = `${'{"n":1,"m":"x"}\n'.repeat(66_000)}{"n":1,"v":1}\n{"n":1,"v":"1"}\n`
    expect(await typesIn('late.ndjson', rows, '--infer-rows', 'all')).toEqual(['int64', 'string', 'json'])
  })

  test('of CSV are in the schema by the names of their types', async () => {
    const schema = { d: 'decimal(10,2)', w: 'decimal(38,12)', t: 'timestamp[us]', n: 'timestamp[ns]' }
    const text = 'd,w,t,n\n1.25,2,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z\n'
    expect((await inspected('a.csv', text, '--schema', JSON.stringify(schema))).schema).toEqual(schema)
  })

  test('are left out of the schema where they are nested', async () => {
    const found = await inspected('a.json', '[{"a":[1],"b":{"c":1},"d":1.5,"e":"x"}]')
    expect(found.schema).toEqual({ d: 'float64', e: 'string' })
    expect(found.columns).toHaveLength(4)
  })
})
