// Exits with 0 where a Chromium is installed; says how to install one and exits with 1 where none is.
import { findChromium, HOW_TO_INSTALL } from './support.ts'

if (findChromium() === undefined) {
  console.log(HOW_TO_INSTALL)
  process.exitCode = 1
}
