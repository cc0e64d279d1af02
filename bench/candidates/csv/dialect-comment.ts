import { dialectCandidate, withComments } from './dialect.ts'

export const candidate = dialectCandidate({ comment: '#' }, withComments)
