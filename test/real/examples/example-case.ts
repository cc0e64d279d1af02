import type { LocalServices } from '../local-services.ts'

/** Effects of a function by a name of each: what it left in the services, without what differs from run to run, such as the clock. */
export type Effects = Readonly<Record<string, unknown>>

/** Everything ready for one event. */
export interface PreparedExample {
  readonly env?: Readonly<Record<string, string>>
  readonly event: unknown
  /** What is there by now. */
  effects(): Promise<Effects>
}

/** `large` is about the most that the source delivers at once, or a file that would not fit into 256 MB as rows. */
export type Size = 'small' | 'large'

/** A function of `examples/`. */
export interface ExampleCase {
  readonly name: string
  /** Below `examples/`. */
  readonly file: string
  /** Name of the export. */
  readonly handler: string
  /** Number of effects of the small event. */
  readonly effects: number
  /** Memory that the function maps and does not touch, so that a limit of mapped memory counts what is not used; 0 when absent. */
  readonly reservedBytes?: number
  /** Whether Lambda, or who called, need not send the event again. */
  isDone(result: unknown): boolean
  /** Empty the bucket, and make what the function needs, under fresh names. */
  prepare(services: LocalServices, size: Size): Promise<PreparedExample>
}

/** The response of a batch without failures. */
export function hasNoFailures(result: unknown): boolean {
  return (result as { batchItemFailures?: readonly unknown[] } | null)?.batchItemFailures?.length === 0
}

/** A handler that reports failures by throwing. */
export const always = (): boolean => true
