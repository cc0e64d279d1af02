import { encodingsCandidate } from './encodings.ts'

export const candidate = encodingsCandidate('compatible')
