import { filterRows } from '../../src/transform/filter-rows.ts'
import { arbitraryTableCase } from '../support/arbitrary-table.ts'
import { transformLaws } from './support/transform-laws.ts'

transformLaws('filterRows', ({ names }) => filterRows((row) => row[names[0] as string] !== null), {
  tables: arbitraryTableCase({ nested: false }),
})
