import { type EventRecord, jsonPayload, readRecords } from 'millrace/events'
import { defineCandidate } from '../../candidate.ts'
import { type BareEvent, eventsOfRounds, miniOrderSchema, type Order, orderFacts } from '../../kinesis-event.ts'

export const candidate = defineCandidate({
  prepare: eventsOfRounds<BareEvent>,
  run(_, events) {
    const payload = jsonPayload(miniOrderSchema)
    let records: readonly EventRecord<Order>[] = []
    for (const event of events) records = readRecords(event, payload)
    return records
  },
  facts: (records) => orderFacts(records.flatMap(({ payload }) => (payload.ok ? [payload.value] : []))),
})
