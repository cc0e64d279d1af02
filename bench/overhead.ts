import { median } from './measure.ts'

const ROUNDS = 60

/**
 * CPU microseconds that one way of doing a thing takes beyond another, both in this process and taking turns, so that neither what else the
 * machine does nor its clock speed counts.
 */
export async function overheadMicroseconds(
  plain: () => Promise<unknown>,
  ours: () => Promise<unknown>,
): Promise<number> {
  const times: { readonly plain: number[]; readonly ours: number[] } = { plain: [], ours: [] }
  for (let round = 0; round < ROUNDS; round++) {
    times.plain.push(await cpuMicroseconds(plain))
    times.ours.push(await cpuMicroseconds(ours))
  }
  return median(times.ours) - median(times.plain)
}

async function cpuMicroseconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}
