import { KinesisEnvelope } from '@aws-lambda-powertools/parser/envelopes/kinesis'
import * as z from 'zod'
import { defineCandidate } from '../../candidate.ts'
import { type BareEvent, eventsOfRounds, type Order, orderFacts } from '../../kinesis-event.ts'

/** The envelope takes schemas of zod alone, not of zod/mini. */
const schema = z.object({
  event_id: z.string(),
  event_type: z.string(),
  user_id: z.number(),
  amount: z.number(),
  created_at: z.string(),
  note: z.string(),
})

export const candidate = defineCandidate({
  prepare: eventsOfRounds<BareEvent>,
  run(_, events) {
    let orders: readonly Order[] = []
    for (const event of events) orders = KinesisEnvelope.parse(event, schema)
    return orders
  },
  facts: orderFacts,
})
