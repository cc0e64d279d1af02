import { selectColumns } from '../../src/transform/select-columns.ts'
import { transformLaws } from './support/transform-laws.ts'

transformLaws('selectColumns', ({ names }) => selectColumns([...(names as string[])].reverse()))
