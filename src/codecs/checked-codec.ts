import type { RecordBatch } from 'apache-arrow'
import { checkBatch, checkBatches } from '../columns/check-table.ts'
import { MillraceError } from '../errors.ts'
import { channels, type ReadMessage, type WriteMessage } from '../internal/channels.ts'
import { checkNone, checkOptions, type Kind } from '../internal/check-arguments.ts'
import { traceIterator } from '../internal/trace.ts'
import type { Codec } from './codec.ts'
import { inputOf } from './input/input-of.ts'
import type { CodecInput } from './input/source.ts'
import type { CodecLimits } from './limits.ts'
import { countedBatches, countedInput, countedOutput, readMessage, writeMessage } from './trace-codec.ts'

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
  const limits: unknown = Object(options).limits
  checkOptions(`${entry}: limits`, limits, LIMITS)
  for (const [name, value] of Object.entries(limits ?? {})) {
    // NaN compares false, so it would disable its limit.
    if (value === undefined || value >= 0) continue
    throw new MillraceError('OPTION_INVALID', `${entry}: limits: ${name} must be a number, 0 or more`)
  }
}

/** A codec over the result of {@link inputOf}. It counts rejected rows in the message, if there is a subscriber. */
type RawCodec = Omit<Codec, 'read'> & { read(source: CodecInput, message?: ReadMessage): AsyncIterable<RecordBatch> }

const RAW = Symbol('raw codec')

/**
 * A codec that reads any value with bytes, whose stage accepts only record batches, and whose files are operations of
 * `millrace:read` and `millrace:write`. Costs one check per call, and one per batch.
 */
export function checkedCodec(codec: RawCodec): Codec {
  const { name } = codec
  const entry = `${name}().write`
  const read: Codec['read'] = (source) => {
    const input = inputOf(`${name}().read`, source)
    return traceIterator(
      channels.read,
      () => readMessage(name),
      (message) =>
        message === undefined
          ? codec.read(input)
          : countedBatches(codec.read(countedInput(input, message), message), message),
    )
  }
  const write = (...given: readonly unknown[]) => {
    checkNone(entry, given)
    const stage = codec.write()
    return (batches: AsyncIterable<RecordBatch>) =>
      traceIterator(
        channels.write,
        () => writeMessage(name),
        (message) => {
          const chunks = stage(checkedBatches(entry, batches, message))
          return message === undefined ? chunks : countedOutput(chunks, message)
        },
      )
  }
  return Object.defineProperty({ ...codec, read, write }, RAW, { value: codec })
}

/** The codec inside a checked one, for a wrapper that is itself an operation. */
export function rawCodec(codec: Codec): RawCodec {
  return (codec as { readonly [RAW]?: RawCodec })[RAW] ?? (codec as RawCodec)
}

async function* checkedBatches(
  entry: string,
  batches: AsyncIterable<RecordBatch>,
  message: WriteMessage | undefined,
): AsyncGenerator<RecordBatch> {
  checkBatches(entry, batches)
  for await (const batch of batches) {
    checkBatch(entry, batch)
    if (message !== undefined) message.rows += batch.numRows
    yield batch
  }
}

/** The options of one format, from a set for several. */
export function known<Options extends object>(options: Options, kinds: Readonly<Record<string, Kind>>): Options {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(kinds, name))) as Options
}
