import { scoreRows } from '../../src/transform/score-rows.ts'
import { arbitraryTableCase } from '../support/arbitrary-table.ts'
import { transformLaws } from './support/transform-laws.ts'

transformLaws('scoreRows', () => scoreRows([{ name: 'c0', weight: 1, test: (row) => row['c0'] !== null }]), {
  tables: arbitraryTableCase({ nested: false }),
})
