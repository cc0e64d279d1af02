import { type Architecture, chooseEngine, type Engine, jobCost, LAMBDA_LIMITS } from '../limits/index.ts'

/** A file that was read, and the function for which to estimate. */
export interface Workload {
  readonly bytes: number
  readonly rows: number
  /** CPU seconds of reading it here. */
  readonly cpuSeconds: number
  /** True for uncompressed text, of which Parquet is smaller. */
  readonly isPlainText: boolean
  /** True if a range of it can be read separately. */
  readonly isSplittable: boolean
  /** Memory of the function; by default that of one vCPU, or more if the job needs it. */
  readonly memoryMb: number | undefined
  readonly architecture: Architecture
}

/** The shape of a file by its format and the compression around it. */
export function fileShape(format: string, compression: string): Pick<Workload, 'isPlainText' | 'isSplittable'> {
  const isPlain = compression === 'none'
  return { isPlainText: isPlain && format !== 'parquet', isSplittable: isPlain && format !== 'json' }
}

/** The S3 job on one file: read it, drop duplicates, write Parquet. */
export interface Estimate {
  /** Peak memory. */
  readonly peakMb: number
  readonly memoryMb: number
  readonly architecture: Architecture
  readonly mbPerSecond: number
  readonly seconds: number
  readonly usd: number
  readonly engine: Engine
  /** The comparisons that decided the engine. */
  readonly because: readonly string[]
}

/** CPU of the whole job relative to reading only: `npm run bench -- job codecs`, 0.63 s over 0.18 s. */
const JOB_OVER_READ = 3.5
/** Speed of S3: one function was measured at 50 to 88 MB/s. */
const NETWORK_MB_PER_SECOND = 60
/** Size of Parquet relative to text: `npm run bench -- job`. */
const PARQUET_OVER_TEXT = 0.4
/** Memory of the job: `docs/s3-job.md`, time and memory. */
const BASE_MB = 120
const BATCHES_MB = 130
const MOST_OUTPUT_MB = 100
const BYTES_PER_ROW = 24
const MIB = 1024 * 1024
const LEAST_MB_PER_SECOND = 1e-6

/** Estimate memory, time and cost of the S3 job on a file. The CPU here is assumed to equal that of a function with one vCPU. */
export function estimate({ bytes, rows, cpuSeconds, isPlainText, isSplittable, ...options }: Workload): Estimate {
  const bytesOut = Math.round(bytes * (isPlainText ? PARQUET_OVER_TEXT : 1))
  const outputMb = Math.min(MOST_OUTPUT_MB, bytesOut / MIB)
  const peakMb = Math.ceil(BASE_MB + BATCHES_MB + outputMb + (rows * BYTES_PER_ROW) / MIB)
  const { architecture } = options
  const needed = Math.max(LAMBDA_LIMITS.memoryMbPerVcpu, peakMb)
  const memoryMb = options.memoryMb ?? Math.min(needed, LAMBDA_LIMITS.memoryMaxMb)
  const vcpuShare = Math.min(1, memoryMb / LAMBDA_LIMITS.memoryMbPerVcpu)
  const cpuMbPerSecond = (bytes / 1e6 / Math.max(cpuSeconds * JOB_OVER_READ, 0.001)) * vcpuShare
  const mbPerSecond = Math.max(LEAST_MB_PER_SECOND, Math.min(NETWORK_MB_PER_SECOND, cpuMbPerSecond))
  const cost = jobCost({ bytesIn: Math.max(1, bytes), bytesOut, files: 1, mbPerSecond, memoryMb, architecture })
  const { engine, because } = chooseEngine({
    objects: 1,
    largestBytes: bytes,
    totalBytes: bytes,
    isSplittable,
    mbPerSecond,
    memoryMb: Math.max(memoryMb, peakMb),
    architecture,
  })
  const { seconds, usd } = cost
  return {
    peakMb,
    memoryMb,
    architecture,
    mbPerSecond,
    seconds,
    usd,
    engine,
    because: because.map(({ message }) => message),
  }
}
