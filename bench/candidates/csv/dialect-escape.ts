import { dialectCandidate } from './dialect.ts'

export const candidate = dialectCandidate({ escape: '\\' }, (text) => text.replaceAll('""', '\\"'))
