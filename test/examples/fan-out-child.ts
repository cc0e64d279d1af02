// One invocation of a queue's function in a process of its own, which the test kills: `fan-out-child.ts <places> <step> <message>`, each as JSON.
import { type FanOutPlaces, fanOutFunctions, type Message, type Step, sqsEvent } from './support/fan-out.ts'

const [places, step, message] = process.argv.slice(2).map((text) => JSON.parse(text)) as [FanOutPlaces, Step, Message]
const end = Date.now() + 10_000
const context = { getRemainingTimeInMillis: () => end - Date.now() }
const { batchItemFailures } = await fanOutFunctions(places).handlers[step](sqsEvent([message]), context)
process.exit(batchItemFailures.length === 0 ? 0 : 1)
