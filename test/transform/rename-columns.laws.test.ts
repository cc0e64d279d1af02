import { renameColumns } from '../../src/transform/rename-columns.ts'
import { transformLaws } from './support/transform-laws.ts'

transformLaws('renameColumns', ({ names }) => renameColumns({ [String(names[0])]: 'renamed' }))
