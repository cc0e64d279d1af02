import { defineCandidate } from '../../candidate.ts'
import { type BareEvent, eventsOfRounds, type Order, orderFacts, orderSchema } from '../../kinesis-event.ts'

export const candidate = defineCandidate({
  prepare: eventsOfRounds<BareEvent>,
  run(_, events) {
    let orders: readonly Order[] = []
    for (const { Records } of events) {
      orders = Records.map(({ kinesis }) =>
        orderSchema.parse(JSON.parse(Buffer.from(kinesis.data, 'base64').toString())),
      )
    }
    return orders
  },
  facts: orderFacts,
})
