import { defineCandidate } from '../../candidate.ts'
import { type BareEvent, eventsOfRounds, type Order, orderFacts } from '../../kinesis-event.ts'

export const candidate = defineCandidate({
  prepare: eventsOfRounds<BareEvent>,
  run(_, events) {
    let orders: readonly Order[] = []
    for (const { Records } of events) {
      orders = Records.map(({ kinesis }) => JSON.parse(Buffer.from(kinesis.data, 'base64').toString()) as Order)
    }
    return orders
  },
  facts: orderFacts,
})
