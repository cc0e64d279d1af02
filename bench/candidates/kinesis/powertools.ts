import { KinesisEnvelope } from '@aws-lambda-powertools/parser/envelopes/kinesis'
import { defineCandidate } from '../../candidate.ts'
import { type BareEvent, eventsOfRounds, type Order, orderFacts, orderSchema } from '../../kinesis-event.ts'

export const candidate = defineCandidate({
  prepare: eventsOfRounds<BareEvent>,
  run(_, events) {
    let orders: readonly Order[] = []
    for (const event of events) orders = KinesisEnvelope.parse(event, orderSchema)
    return orders
  },
  facts: orderFacts,
})
