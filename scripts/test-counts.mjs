// The last line of a CI run: the counts of vitest's JSON report, or one failure where there is no report.
import { readFileSync } from 'node:fs'

let passed = 0
let failed = 1
try {
  const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
  passed = report.numPassedTests
  failed =
    report.numFailedTests +
    report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
} catch (error) {
  console.error(error)
}
console.log(`${passed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1
