import { rowCounter } from '../../src/transform/row-counter.ts'
import { transformLaws } from './support/transform-laws.ts'

transformLaws('rowCounter', () => rowCounter())
