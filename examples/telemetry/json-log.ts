import { channels } from 'millrace/telemetry'

/** Writes a line of JSON for every operation that ends. Returns a function that stops. */
export function logOperations(
  write: (line: string) => unknown = (line) => process.stdout.write(`${line}\n`),
): () => void {
  const stops = Object.entries(channels).map(([operation, { asyncEnd }]) => {
    const onEnd = (message: unknown): void => {
      const level = Object(message).code === undefined ? 'INFO' : 'ERROR'
      // What a subscriber throws would end the process.
      try {
        write(JSON.stringify({ level, timestamp: new Date().toISOString(), operation, ...Object(message) }))
      } catch (error) {
        console.warn('an operation was not logged', error)
      }
    }
    asyncEnd.subscribe(onEnd)
    return () => asyncEnd.unsubscribe(onEnd)
  })
  return () => {
    for (const stop of stops) stop()
  }
}
