import { channels } from 'millrace/telemetry'

/** Write a line of JSON for each finished operation. Returns a function that stops. */
export function logOperations(
  write: (line: string) => unknown = (line) => process.stdout.write(`${line}\n`),
): () => void {
  const stops = Object.entries(channels).map(([operation, { asyncEnd }]) => {
    const onEnd = (message: unknown): void => {
      const level = Object(message).code === undefined ? 'INFO' : 'ERROR'
      // An error thrown by a subscriber would end the process.
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
