/** What a simulated fan-out is made of. */
export interface FanOutModel {
  readonly splits: number
  /** Seconds that a worker takes for a split, and from being called to its first byte. */
  readonly splitSeconds: number
  readonly startSeconds: number
  /** Workers that the engine starts per second. */
  readonly startsPerSecond: number
  /** Seconds before the first worker and after the last one. */
  readonly planSeconds: number
  readonly finishSeconds: number
}

/**
 * Seconds from the plan to the published result. Each worker takes the next split when it is free, as Distributed Map does with `MaxConcurrency`; those of
 * one split may take half as long again as those of another, in a fixed pattern.
 */
export function makespan(model: FanOutModel, workers: number): number {
  const { splits, splitSeconds, startSeconds, startsPerSecond, planSeconds, finishSeconds } = model
  const freeAt = Array.from({ length: Math.min(workers, splits) }, (_, worker) => worker / startsPerSecond)
  for (let split = 0; split < splits; split++) {
    const first = freeAt.indexOf(Math.min(...freeAt))
    const skew = 0.75 + 0.5 * ((split * 0.618) % 1)
    freeAt[first] = (freeAt[first] as number) + startSeconds + splitSeconds * skew
  }
  return planSeconds + Math.max(...freeAt) + finishSeconds
}
