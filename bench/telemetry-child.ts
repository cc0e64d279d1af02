// `node bench/telemetry-child.ts <folder of a build> batch|job <times>`, to be run under callgrind.
import { loadBuild } from './telemetry-build.ts'

const [folder = '.', name = 'batch', times = '1'] = process.argv.slice(2)
const build = await loadBuild(folder, { records: 1000, rows: 5000 })
for (let turn = 0; turn < Number(times); turn++) await build[name === 'job' ? 'job' : 'batch']()
