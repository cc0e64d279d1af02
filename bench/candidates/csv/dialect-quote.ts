import { dialectCandidate } from './dialect.ts'

export const candidate = dialectCandidate({ quote: "'" }, (text) => text.replaceAll('"', "'"))
