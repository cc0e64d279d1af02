import { AMOUNT, COUNT, checkRanges, MANY, type Range, SLOWEST } from './check-ranges.ts'
import { architectureOf, type CostPart, MEMORY, priceRuns, totalUsd } from './lambda-cost.ts'
import { type Architecture, type Prices, pricesOf } from './prices.ts'

export interface JobUsage {
  /** Total bytes read, as stored in S3. */
  readonly bytesIn: number
  /** Total bytes written to S3; 0 for a job that writes none. */
  readonly bytesOut: number
  /** Objects read, each in a separate invocation; as many are written. */
  readonly files: number
  /** Speed of the whole job at this memory, in 10^6 bytes read per second. Measure it: the REPORT line has the time, S3 the size. */
  readonly mbPerSecond: number
  readonly memoryMb: number
  /** Default `arm64`. */
  readonly architecture?: Architecture
  /** Bytes of a ranged GET. Default 8 MiB. */
  readonly getBytes?: number
  /** Bytes up to which an object is written as one PUT, as `s3Sink` does. Default 100 MiB. */
  readonly singlePutBytes?: number
  /** Bytes of a part of a multipart upload beyond that. Default 8 MiB. As in `s3Sink`, parts double after every 2,000. */
  readonly partBytes?: number
}

export interface JobCost {
  readonly usd: number
  /** Dollars per 10^9 bytes read. */
  readonly usdPerGb: number
  /** Total seconds of running time of all invocations. */
  readonly seconds: number
  /** Seconds of one invocation for a file of average size. Over 900 it does not fit one: split the file, or ask `chooseEngine`. */
  readonly secondsPerFile: number
  /** `requests`, `duration`, `S3 GET`, `S3 PUT`. They add up to `usd`. */
  readonly parts: readonly CostPart[]
}

const MIB = 1024 * 1024
const PARTS_OF_A_SIZE = 2000
const PART_SIZES = 5

const RANGES: Readonly<Record<string, Range | undefined>> = {
  bytesIn: COUNT,
  bytesOut: AMOUNT,
  files: COUNT,
  mbPerSecond: [SLOWEST, MANY],
  memoryMb: MEMORY,
  getBytes: [1, MANY, 1],
  singlePutBytes: [0, MANY, 0],
  partBytes: [1, MANY, 1],
  architecture: undefined,
}

/**
 * Compute the cost of a job over files in S3: running time on Lambda, and requests to S3.
 *
 * Assumes files of equal size. Omits costs that do not depend on the job: storage, logs, the free tier. Data between S3 and Lambda in one
 * region is free. Small files are dominated by requests: a PUT and a GET cost as much as 0.23 s of 1,769 MB.
 *
 * @param usage - the bytes, the number of files, and the speed.
 * @param prices - prices that replace those of {@link PRICES}.
 * @returns the bill in US dollars and its parts. O(1).
 * @throws MillraceError `OPTION_INVALID` for a number out of range, an unknown name or price; `TYPE_MISMATCH` for a value that is not an object.
 * @example
 * const terabyte = jobCost({ bytesIn: 1e12, bytesOut: 0.4e12, files: 10_000, mbPerSecond: 100, memoryMb: 1769 })
 * terabyte.usd.toFixed(2) // => '0.33'
 * terabyte.secondsPerFile // => 1
 */
export function jobCost(usage: JobUsage, prices?: Partial<Prices>): JobCost {
  checkRanges('jobCost', usage, RANGES)
  const architecture = architectureOf(usage)
  const all = pricesOf('jobCost', prices)
  const { bytesIn, bytesOut, files, mbPerSecond, memoryMb } = usage
  const { getBytes = 8 * MIB, singlePutBytes = 100 * MIB, partBytes = 8 * MIB } = usage
  const seconds = bytesIn / 1e6 / mbPerSecond
  const runs = { invocations: files, ms: (seconds * 1000) / files, memoryMb, architecture }
  const gets = files * Math.ceil(bytesIn / files / getBytes)
  const puts = bytesOut === 0 ? 0 : files * putsOf(bytesOut / files, singlePutBytes, partBytes)
  const parts: readonly CostPart[] = [
    ...priceRuns(runs, all).parts,
    { name: 'S3 GET', usd: (gets / 1000) * all.s3GetUsdPerThousand },
    { name: 'S3 PUT', usd: (puts / 1000) * all.s3PutUsdPerThousand },
  ]
  const usd = totalUsd(parts)
  return { usd, usdPerGb: usd / (bytesIn / 1e9), seconds, secondsPerFile: seconds / files, parts }
}

/** One PUT, or the parts of an upload with its creation and completion. */
function putsOf(bytes: number, singlePutBytes: number, partBytes: number): number {
  if (bytes <= singlePutBytes) return 1
  let puts = 2
  let left = bytes
  for (let size = 1; left > 0; size++) {
    const needed = Math.ceil(left / partBytes)
    const parts = size === PART_SIZES ? needed : Math.min(PARTS_OF_A_SIZE, needed)
    puts += parts
    left -= parts * partBytes
    partBytes *= 2
  }
  return puts
}
