import { encodeParquet } from '../../src/codecs/parquet/parquet.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { isMillraceError } from '../../src/errors.ts'
import { type Split, type SplitPlan, type SplitReport, sealed } from '../../src/fanout/gather/split.ts'
import { verifySplits } from '../../src/fanout/gather/verify-splits.ts'
import { planSplits } from '../../src/fanout/plan-splits.ts'
import { readSplit } from '../../src/fanout/read-split.ts'
import { memoryBucket } from '../../test/fanout/support/memory-bucket.ts'
import { mutateJson } from '../mutate/json.ts'
import { Difference, type Surface } from '../surface.ts'
import { choiceOf, fieldOf, inputOf, jsonOf } from './support/json-input.ts'

const rows = Array.from({ length: 20 }, (_, row) => ({ a: BigInt(row), b: `text ${row}` }))
const OBJECTS = {
  'a.csv': Buffer.from(`a,b\n${rows.map(({ a, b }) => `${a},${b}`).join('\n')}\n`),
  'a.ndjson': Buffer.from(rows.map(({ a, b }) => `{"a":${a},"b":"${b}"}`).join('\n')),
  'a.parquet': await encodeParquet(tableFromRows(rows), { rowGroupRows: 5 }),
}
const { client } = memoryBucket(OBJECTS)

/** A plan and reports that were altered on their way: each is refused, or read as a plan of its own. */
async function run(input: Uint8Array): Promise<void> {
  const value = jsonOf(input)
  const way = choiceOf(value, 'way', 1000)
  const plan = fieldOf(value, 'plan') as SplitPlan
  attempt(() => verifySplits(plan, fieldOf(value, 'reports') as SplitReport[]))
  const splits = fieldOf(plan, 'splits')
  const split = (Array.isArray(splits) ? splits[way % (splits.length || 1)] : splits) as Split
  // Most get a check value that is right: what is altered is then read.
  const given = way % 4 > 0 && typeof split === 'object' && split !== null ? sealedAgain(split) : split
  try {
    for await (const batch of readSplit(client, given)) if (batch.numRows < 0) throw new Difference('less than no rows')
  } catch (error) {
    if (!isMillraceError(error)) throw error
  }
}

function sealedAgain({ check: _, ...split }: Split): Split {
  return sealed(split)
}

function attempt(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    if (!isMillraceError(error)) throw error
  }
}

async function seeds(): Promise<Uint8Array[]> {
  const inputs: Uint8Array[] = []
  for (const key of Object.keys(OBJECTS)) {
    for (const targetBytes of [60, 200, 10_000]) {
      const plan = await planSplits(client, [{ bucket: 'b', key }], { targetBytes, probeBytes: 64 })
      const reports = plan.splits.map(({ plan: id, index, start, end }) => ({
        plan: id,
        index,
        rows: 1,
        refused: 0,
        bytes: end - start,
      }))
      if (JSON.stringify(plan).length < 8000) inputs.push(inputOf({ way: inputs.length, plan, reports }))
    }
  }
  return inputs
}

export const surface: Surface = { seeds, mutate: mutateJson, run }
