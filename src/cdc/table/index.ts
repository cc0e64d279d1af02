export { type TableOptions, tableFromChanges } from './table-from-changes.ts'
