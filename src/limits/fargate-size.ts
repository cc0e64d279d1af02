import { LAMBDA_LIMITS } from './lambda-limits.ts'
import type { Architecture, Prices } from './prices.ts'

/** vCPUs of a Fargate task, with the least and the most GB that it takes. AWS documentation, 2026. */
const SIZES: readonly (readonly [vcpus: number, minGb: number, maxGb: number])[] = [
  [0.25, 0.5, 2],
  [0.5, 1, 4],
  [1, 2, 8],
  [2, 4, 16],
  [4, 8, 30],
  [8, 16, 60],
  [16, 32, 120],
]

export interface FargateSize {
  readonly vcpus: number
  readonly gb: number
}

/**
 * The smallest task with the memory, and the share of a vCPU, that a function of `memoryMb` has; undefined beyond 120 GB, which needs EC2.
 *
 * Whole GB are taken, so the true size may be a little cheaper.
 */
export function fargateSizeOf(memoryMb: number): FargateSize | undefined {
  const vcpus = Math.min(memoryMb / LAMBDA_LIMITS.memoryMbPerVcpu, LAMBDA_LIMITS.vcpuMax)
  const gb = memoryMb <= 512 ? 0.5 : Math.ceil(memoryMb / 1024)
  const size = SIZES.find(([most, , maxGb]) => most >= vcpus && maxGb >= gb)
  return size && { vcpus: size[0], gb: Math.max(gb, size[1]) }
}

export function fargateUsdPerSecond({ vcpus, gb }: FargateSize, architecture: Architecture, prices: Prices): number {
  return (vcpus * prices.fargateVcpuUsdPerHour[architecture] + gb * prices.fargateGbUsdPerHour[architecture]) / 3600
}
