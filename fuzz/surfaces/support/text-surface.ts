import type { RecordBatch, Table } from 'apache-arrow'
import type { Codec } from '../../../src/codecs/codec.ts'
import type { InvalidRow } from '../../../src/codecs/invalid-row.ts'
import { note } from '../../hits.ts'
import { mutateBytes } from '../../mutate/bytes.ts'
import type { Surface } from '../../surface.ts'
import { switches } from '../../switches.ts'
import { type Choices, choicesOf, withChoices } from './choices.ts'
import { all, chunksOf } from './chunks.ts'
import { checkSame, outcomeOf, outcomeOfAsync, tableText } from './same.ts'

interface RowOptions {
  readonly onInvalidRow?: (row: InvalidRow) => void
}

/** A text format under test. */
export interface TextFormat<Options extends RowOptions> {
  /** Bytes of an input that choose options. */
  readonly choices: number
  optionsOf(choices: Choices): Options
  decode(bytes: Uint8Array, options: Options): Table
  codec(options: Options): Pick<Codec, 'read'>
  /** Check that a table read is written, and read back equal. */
  checkRoundTrip(bytes: Uint8Array, options: Options): void
  readonly texts: readonly string[]
}

/** The surface of a text format: kernels against the exact reader, streams against whole files, written tables against read ones. */
export function textSurface<Options extends RowOptions>(format: TextFormat<Options>): Surface {
  const { choices: length, texts } = format

  /** A table or its batches, and the rows refused, as text. */
  function textOf(content: Table | readonly RecordBatch[], refused: readonly InvalidRow[]): string {
    return tableText(content) + JSON.stringify(refused)
  }

  function decoded(bytes: Uint8Array, options: Options, keepsGoing: boolean): string {
    const refused: InvalidRow[] = []
    const table = format.decode(bytes, keepsGoing ? { ...options, onInvalidRow: (row) => refused.push(row) } : options)
    note(1000 + Math.min(table.numRows, 63))
    note(1100 + Math.min(table.numCols, 31))
    for (const { type } of table.schema.fields) note(1200 + type.typeId)
    return textOf(table, refused)
  }

  async function streamed(bytes: Uint8Array, options: Options, keepsGoing: boolean, seed: number): Promise<string> {
    const refused: InvalidRow[] = []
    const codec = format.codec(keepsGoing ? { ...options, onInvalidRow: (row) => refused.push(row) } : options)
    return textOf(await all(codec.read(chunksOf(bytes, seed))), refused)
  }

  async function run(input: Uint8Array): Promise<void> {
    const choices = choicesOf(input.subarray(0, length))
    const way = choices.next(256)
    const options = format.optionsOf(choices)
    const bytes = input.subarray(length)
    const keepsGoing = way % 3 === 1
    const read = () => outcomeOf(() => decoded(bytes, options, keepsGoing))
    switches.kernel = 'off'
    const exact = read()
    // A kernel whose read failed is garbage, and costs as much as ten small files.
    if (!exact.ok && choices.next(8) > 0) return
    switches.kernel = 'on'
    checkSame('kernel and exact reader', exact, read())
    switches.kernel = way % 2 === 0 ? 'on' : 'off'
    if (way % 6 === 0)
      checkSame('whole and stream', exact, await outcomeOfAsync(() => streamed(bytes, options, keepsGoing, way >> 3)))
    if (way % 8 === 1 && exact.ok && !keepsGoing) format.checkRoundTrip(bytes, options)
  }

  const plain = Array<number>(length).fill(0)
  return {
    seeds: () =>
      texts.flatMap((text, index) => [
        withChoices(plain, text),
        withChoices(
          plain.map((_, at) => (at * 7 + index * 3 + 1) & 0xff),
          text,
        ),
      ]),
    fromFile: (file) => withChoices(plain, file),
    mutate: mutateBytes(length),
    run,
  }
}
