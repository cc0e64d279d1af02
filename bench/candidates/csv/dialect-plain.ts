import { dialectCandidate } from './dialect.ts'

export const candidate = dialectCandidate({}, (text) => text)
