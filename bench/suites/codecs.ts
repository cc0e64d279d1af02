import type { Suite } from './suite.ts'
export const codecs: Suite = async () => []
