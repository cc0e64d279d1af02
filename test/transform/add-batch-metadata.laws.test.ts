import { addBatchMetadata } from '../../src/transform/add-batch-metadata.ts'
import { transformLaws } from './support/transform-laws.ts'

const now = (): Date => new Date('2024-02-29T23:59:59.123Z')

transformLaws('addBatchMetadata', () => addBatchMetadata({ now }))
