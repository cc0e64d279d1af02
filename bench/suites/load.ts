import type { Suite } from './suite.ts'
export const load: Suite = async () => []
