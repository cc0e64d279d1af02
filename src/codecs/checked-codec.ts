import type { RecordBatch } from 'apache-arrow'
import { checkBatch, checkBatches } from '../columns/check-table.ts'
import { checkNone, checkOptions, type Kind } from '../internal/check-arguments.ts'
import type { Codec } from './codec.ts'
import { inputOf } from './input/input-of.ts'
import type { CodecInput } from './input/source.ts'
import type { CodecLimits } from './limits.ts'

const LIMITS = {
  maxInflatedBytes: 'number',
  maxColumns: 'number',
  maxDepth: 'number',
  maxFieldBytes: 'number',
  maxRowBytes: 'number',
} as const satisfies Record<keyof CodecLimits, Kind>

/** Check the options of a codec, those of its limits included. */
export function checkCodecOptions(entry: string, options: unknown, kinds: Readonly<Record<string, Kind>>): void {
  checkOptions(entry, options, kinds)
  checkOptions(`${entry}: limits`, Object(options).limits, LIMITS)
}

/** A codec of what {@link inputOf} gives. */
type RawCodec = Omit<Codec, 'read'> & { read(source: CodecInput): AsyncIterable<RecordBatch> }

/** A codec that reads whatever holds bytes, and whose stage takes record batches alone. Once a call, and once a batch. */
export function checkedCodec(codec: RawCodec): Codec {
  const { name } = codec
  const write = (...given: readonly unknown[]) => {
    checkNone(`${name}().write`, given)
    const stage = codec.write()
    return (batches: AsyncIterable<RecordBatch>) => stage(checkedBatches(`${name}().write`, batches))
  }
  return { ...codec, read: (source) => codec.read(inputOf(`${name}().read`, source)), write }
}

async function* checkedBatches(entry: string, batches: AsyncIterable<RecordBatch>): AsyncGenerator<RecordBatch> {
  checkBatches(entry, batches)
  for await (const batch of batches) {
    checkBatch(entry, batch)
    yield batch
  }
}

/** The options that a format knows, of a set for many. */
export function known<Options extends object>(options: Options, kinds: Readonly<Record<string, Kind>>): Options {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(kinds, name))) as Options
}
