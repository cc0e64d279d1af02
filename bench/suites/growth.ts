import type { Suite } from './suite.ts'
export const growth: Suite = async () => []
