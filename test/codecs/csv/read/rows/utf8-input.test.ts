import { Table } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { csv, decodeCsv } from '../../../../../src/codecs/csv/csv.ts'
import { collect, stream } from '../../../../support/streams.ts'

/** The cells of a column in a file of one chunk, and of two that are cut at each of the last places. */
async function columnOf(bytes: Uint8Array, encoding: string): Promise<unknown[]> {
  const whole = [...(decodeCsv(bytes, { encoding }).getChild('v') ?? [])]
  for (let at = bytes.length - 70; at < bytes.length; at++) {
    const batches = await collect(csv({ encoding }).read(stream([bytes.subarray(0, at), bytes.subarray(at)])))
    expect([at, [...(new Table(batches).getChild('v') ?? [])]]).toEqual([at, whole])
  }
  return whole
}

describe('text that chunks cut anywhere', () => {
  const values = [...new Array(130).fill('a long text'), '😀', 'é€😀x', '\u{10ffff}', '\ufffd', '一', 'x😀😀y']
  const text = `v\n${values.join('\n')}\n`

  test('of UTF-16, pairs of surrogates included', async () => {
    const bytes = Buffer.from(text, 'utf16le')
    expect(await columnOf(bytes, 'utf-16le')).toEqual(values)
    expect(await columnOf(Buffer.from(text, 'utf16le').swap16(), 'utf-16be')).toEqual(values)
  })

  test('of UTF-8, in which U+FFFD is a character like any other', async () => {
    expect(await columnOf(Buffer.from(text), 'utf-8')).toEqual(values)
  })

  test('of other encodings', async () => {
    const latin = `v\n${'abc\n'.repeat(300)}caf\xe9\n\x80\n\xff\n`
    expect((await columnOf(Buffer.from(latin, 'latin1'), 'windows-1252')).slice(-3)).toEqual(['café', '€', 'ÿ'])
    const japanese = Buffer.concat([
      Buffer.from(`v\n${'abc\n'.repeat(300)}`),
      Buffer.from('93fa967b0a8341834283440a', 'hex'),
    ])
    expect((await columnOf(japanese, 'shift_jis')).slice(-2)).toEqual(['日本', 'アィゥ'])
  })
})
