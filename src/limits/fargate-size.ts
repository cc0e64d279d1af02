import { LAMBDA_LIMITS } from './lambda-limits.ts'
import type { Architecture, Prices } from './prices.ts'

/** Most GB of a Fargate task of 0.25, 0.5, 1, 2, 4, 8 and 16 vCPUs; the least is two for each vCPU. AWS documentation, 2026. */
const MOST_GB = [2, 4, 8, 16, 30, 60, 120]

/**
 * Dollars per second of the smallest Fargate task with the memory and the share of a vCPU that a function of `memoryMb` has; undefined beyond
 * 120 GB, which needs EC2. Rounded up to whole GB, so the actual size may be slightly cheaper.
 */
export function fargateUsdPerSecond(memoryMb: number, architecture: Architecture, prices: Prices): number | undefined {
  const vcpusNeeded = Math.min(memoryMb / LAMBDA_LIMITS.memoryMbPerVcpu, LAMBDA_LIMITS.vcpuMax)
  const gb = memoryMb <= 512 ? 0.5 : Math.ceil(memoryMb / 1024)
  const size = MOST_GB.findIndex((mostGb, index) => 2 ** (index - 2) >= vcpusNeeded && mostGb >= gb)
  if (size < 0) return undefined
  const usdPerHour =
    2 ** (size - 2) * prices.fargateVcpuUsdPerHour[architecture] +
    Math.max(gb, 2 ** (size - 1)) * prices.fargateGbUsdPerHour[architecture]
  return usdPerHour / 3600
}
