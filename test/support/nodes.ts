import { execFileSync } from 'node:child_process'
import { delimiter } from 'node:path'
import { machineNode } from '../package/support/packed.ts'

export interface NodeToTest {
  readonly name: string
  readonly node: string
  readonly skip: boolean
}

/** The Node that runs the tests, the machine's own where it is another, and those of the variable `OTHER_NODES`: paths, as in `PATH`. */
export function nodesToTest(): readonly NodeToTest[] {
  const node = machineNode()
  const others = (process.env['OTHER_NODES'] ?? '').split(delimiter).filter((path) => path !== '')
  const isOther = node !== undefined && versionOf(node) !== process.version
  return [
    { name: `Node ${process.version}`, node: process.execPath, skip: false },
    isOther
      ? { name: `the machine's Node ${versionOf(node)}`, node, skip: false }
      : { name: "the machine's own Node (skipped: none, or the same version)", node: '', skip: true },
    ...others.map((path) => ({ name: `Node ${versionOf(path)}`, node: path, skip: false })),
  ]
}

function versionOf(node: string): string {
  return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
}
