import type { Outcome } from './measure.ts'
import { OURS } from './report.ts'

const WIDTH = 760
const LABEL_WIDTH = 230
const VALUE_WIDTH = 120
const BAR_HEIGHT = 16
const ROW_HEIGHT = 22
const TITLE_HEIGHT = 34

const STYLE = `text { font: 12px system-ui, sans-serif; fill: #24292f } .title { font-weight: 600 } .bar { fill: #b6bec9 } .ours { fill: #1f6feb }
@media (prefers-color-scheme: dark) { text { fill: #d0d7de } .bar { fill: #57606a } .ours { fill: #58a6ff } }`

/** Bars of MB/s, fastest first, a group for each contest; within a group lengths compare. */
export function speedChart(outcomes: readonly Outcome[]): string {
  const parts: string[] = []
  let top = 0
  for (const { contest, standings } of outcomes) {
    const fastest = Math.max(...standings.map(({ megabytesPerSecond }) => megabytesPerSecond))
    const sorted = [...standings].sort((left, right) => right.megabytesPerSecond - left.megabytesPerSecond)
    parts.push(`<text class="title" x="0" y="${top + 22}">${escapeText(contest)}</text>`)
    top += TITLE_HEIGHT
    for (const { name, megabytesPerSecond: speed } of sorted) {
      const length = Math.max(1, ((WIDTH - LABEL_WIDTH - VALUE_WIDTH) * speed) / fastest)
      const middle = top + BAR_HEIGHT - 4
      parts.push(
        `<text x="${LABEL_WIDTH - 8}" y="${middle}" text-anchor="end">${escapeText(name)}</text>`,
        `<rect class="bar${name.startsWith(OURS) ? ' ours' : ''}" x="${LABEL_WIDTH}" y="${top}" width="${length.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
        `<text x="${(LABEL_WIDTH + length + 6).toFixed(1)}" y="${middle}">${speed.toFixed(0)} MB/s</text>`,
      )
      top += ROW_HEIGHT
    }
  }
  const size = `width="${WIDTH}" height="${top + 8}" viewBox="0 0 ${WIDTH} ${top + 8}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="MB/s of each library, by task">
<style>${STYLE}</style>
${parts.join('\n')}
</svg>
`
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
