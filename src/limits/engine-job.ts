import { MillraceError } from '../errors.ts'
import { checkArgument, checkOptions, type Kind } from '../internal/check-arguments.ts'
import { checkChoice } from '../internal/check-choice.ts'
import { checkNumber, checkRate, checkWhole } from './check-number.ts'
import type { EngineLimits } from './engine-limits.ts'
import { checkArchitecture } from './lambda-cost.ts'
import { LAMBDA_LIMITS } from './lambda-limits.ts'
import type { Architecture, Prices } from './prices.ts'

/** `gpu`: the work needs one. `shuffle`, `join`: rows of different objects have to meet, as in a sort, a group-by or a join. */
export type EngineNeed = 'gpu' | 'shuffle' | 'join'

export interface EngineJob {
  readonly objects: number
  readonly largestBytes: number
  readonly totalBytes: number
  /** Whether a range of an object can be read alone: CSV and NDJSON that are not compressed, Parquet. See `planSplits`. */
  readonly isSplittable: boolean
  /** Speed of the whole job on one function of `memoryMb`, in 10^6 bytes read a second. */
  readonly mbPerSecond: number
  /** Memory that the work needs; over 10,240 is beyond Lambda. */
  readonly memoryMb: number
  /** Default `arm64`. */
  readonly architecture?: Architecture
  /** Share of all time, 0 to 1, during which there is work. Absent: the job is a single one. */
  readonly busyShare?: number
  readonly needs?: readonly EngineNeed[]
}

/** A job with what every candidate asks about. */
export interface SizedJob extends Required<Omit<EngineJob, 'busyShare'>> {
  readonly busyShare: number | undefined
  /** Seconds of one function over everything. */
  readonly totalSeconds: number
  /** Seconds of one function over the largest object. */
  readonly largestSeconds: number
  readonly rowsMeet: boolean
  readonly limits: EngineLimits
  readonly prices: Prices
}

const NEEDS: readonly EngineNeed[] = ['gpu', 'shuffle', 'join']
const KINDS: Readonly<Record<string, Kind>> = {
  objects: 'number',
  largestBytes: 'number',
  totalBytes: 'number',
  isSplittable: 'boolean',
  mbPerSecond: 'number',
  memoryMb: 'number',
  architecture: 'string',
  busyShare: 'number',
  needs: 'strings',
}

export function sizeJob(job: EngineJob, limits: EngineLimits, prices: Prices): SizedJob {
  checkJob(job)
  const { largestBytes, totalBytes, mbPerSecond, architecture = 'arm64', busyShare, needs = [] } = job
  return {
    ...job,
    architecture,
    busyShare,
    needs,
    totalSeconds: totalBytes / 1e6 / mbPerSecond,
    largestSeconds: largestBytes / 1e6 / mbPerSecond,
    rowsMeet: needs.includes('shuffle') || needs.includes('join'),
    limits,
    prices,
  }
}

function checkJob(job: EngineJob): void {
  const entry = 'chooseEngine'
  checkArgument(entry, 'job', job, 'object')
  checkOptions(entry, job, KINDS)
  checkWhole(entry, 'objects', job.objects, 1)
  checkWhole(entry, 'totalBytes', job.totalBytes, 0)
  checkWhole(entry, 'largestBytes', job.largestBytes, 0)
  if (job.largestBytes > job.totalBytes) {
    throw new MillraceError(
      'OPTION_INVALID',
      'chooseEngine: largestBytes is more than totalBytes; give the bytes of all',
    )
  }
  if (typeof job.isSplittable !== 'boolean') {
    throw new MillraceError('OPTION_INVALID', 'chooseEngine: isSplittable must be true or false')
  }
  checkRate(entry, 'mbPerSecond', job.mbPerSecond)
  checkWhole(entry, 'memoryMb', job.memoryMb, LAMBDA_LIMITS.memoryMinMb)
  checkNumber(entry, 'busyShare', job.busyShare ?? 0, 0, 1)
  checkArchitecture(job.architecture)
  for (const need of job.needs ?? []) checkChoice('needs', need, NEEDS)
}
