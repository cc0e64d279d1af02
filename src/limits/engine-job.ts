import { MillraceError } from '../errors.ts'
import { checkChoice } from '../internal/check-choice.ts'
import { AMOUNT, COUNT, checkRanges, MANY, type Range, SLOWEST } from './check-ranges.ts'
import type { EngineLimits } from './engine-limits.ts'
import { architectureOf, MEMORY } from './lambda-cost.ts'
import type { Architecture, Prices } from './prices.ts'

/** `gpu`: the work needs one. `shuffle`, `join`: rows of different objects must be combined, as in a sort, a group-by or a join. */
export type EngineNeed = 'gpu' | 'shuffle' | 'join'

export interface EngineJob {
  readonly objects: number
  readonly largestBytes: number
  readonly totalBytes: number
  /** True if a range of an object can be read separately: uncompressed CSV and NDJSON, Parquet. */
  readonly isSplittable: boolean
  /** Speed of the whole job on one function of `memoryMb`, in 10^6 bytes read per second. */
  readonly mbPerSecond: number
  /** Memory that the work needs; over 10,240 is beyond Lambda. */
  readonly memoryMb: number
  /** Default `arm64`. */
  readonly architecture?: Architecture
  /** Share of time, 0 to 1, during which there is work. Absent: a single job. */
  readonly busyShare?: number
  readonly needs?: readonly EngineNeed[]
}

/** A job with the derived values that all candidates need. */
export interface SizedJob extends EngineJob {
  readonly architecture: Architecture
  /** Seconds of one function for everything, and for the largest object. */
  readonly totalSeconds: number
  readonly largestSeconds: number
  readonly needsGpu: boolean
  /** True if rows of different objects must be combined. */
  readonly rowsMeet: boolean
  readonly limits: EngineLimits
  readonly prices: Prices
}

const RANGES: Readonly<Record<string, Range | undefined>> = {
  objects: COUNT,
  largestBytes: AMOUNT,
  totalBytes: AMOUNT,
  mbPerSecond: [SLOWEST, MANY],
  memoryMb: [MEMORY[0], MANY],
  busyShare: [0, 1, 0],
  isSplittable: undefined,
  architecture: undefined,
  needs: undefined,
}
const NEEDS: readonly EngineNeed[] = ['gpu', 'shuffle', 'join']

/** @throws MillraceError `OPTION_INVALID` for a number out of range or an unknown name; `TYPE_MISMATCH` for a value that is not an object. */
export function sizeJob(job: EngineJob, limits: EngineLimits, prices: Prices): SizedJob {
  checkRanges('chooseEngine', job, RANGES)
  const { largestBytes, totalBytes, isSplittable, mbPerSecond, needs = [] } = job
  const architecture = architectureOf(job)
  checkChoice('isSplittable', String(isSplittable), ['true', 'false'])
  if (!Array.isArray(needs)) throw new MillraceError('OPTION_INVALID', 'chooseEngine: needs must be an array')
  for (const need of needs) checkChoice('needs', need, NEEDS)
  if (largestBytes > totalBytes)
    throw new MillraceError('OPTION_INVALID', 'chooseEngine: largestBytes is over totalBytes')
  return {
    ...job,
    architecture,
    totalSeconds: totalBytes / 1e6 / mbPerSecond,
    largestSeconds: largestBytes / 1e6 / mbPerSecond,
    needsGpu: needs.includes('gpu'),
    rowsMeet: needs.some((need) => need !== 'gpu'),
    limits,
    prices,
  }
}
