import type { Sequence, Step } from './sequence.ts'

const CHARACTER = 7
const ROW = 44
const HEAD = 40
const LOOP = 36

/** A sequence diagram as SVG, in the colour of the text around it. */
export function drawSequence(sequence: Sequence): string {
  const { participants, steps } = sequence
  const xs = columnPlaces(sequence)
  const right = Math.max(
    ...steps.map((step) => rightEdge(step, xs)),
    ...participants.map((label, index) => at(xs, index) + half(label)),
  )
  const height = HEAD + steps.length * ROW + 12
  const lines = participants.map((label, index) => {
    const x = at(xs, index)
    const box = `<rect x="${x - half(label)}" y="1" width="${half(label) * 2}" height="28" rx="4" class="box"/>`
    return `<line x1="${x}" y1="30" x2="${x}" y2="${height}" class="life"/>${box}${words(x, 20, label, 'middle')}`
  })
  const drawn = steps.map((step, index) => drawStep(step, HEAD + index * ROW + 30, xs, right))
  const title = `Sequence of ${participants.join(', ')}`
  const said = steps.map((step) => spoken(step, participants)).join('; ')
  const open = `<svg class="diagram" role="img" viewBox="0 0 ${right + 2} ${height}" style="max-width: ${right + 2}px" xmlns="http://www.w3.org/2000/svg">`
  return `${open}<title>${escaped(title)}</title><desc>${escaped(said)}</desc>${[...lines, ...drawn].join('')}</svg>`
}

/** Columns as far apart as the longest text between neighbours needs. */
function columnPlaces({ participants, steps }: Sequence): readonly number[] {
  const xs: number[] = []
  for (const [index, label] of participants.entries()) {
    const before = participants[index - 1]
    if (before === undefined) {
      xs.push(
        Math.max(half(label), ...steps.map((step) => (step.kind === 'note' && step.over === 0 ? half(step.text) : 0))),
      )
      continue
    }
    const gaps = steps.map((step) => gapOf(step, index))
    xs.push(at(xs, index - 1) + Math.max(half(before) + half(label) + 24, ...gaps))
  }
  return xs
}

/** The room that a step needs between a column and the one before it. */
function gapOf(step: Step, column: number): number {
  if (step.kind === 'branch') return 0
  const width = step.text.length * CHARACTER + 32
  if (step.kind === 'note') return step.over === column || step.over === column - 1 ? width / 2 + 16 : 0
  const { from, to } = step
  if (from === to) return from === column - 1 ? width + LOOP : 0
  return Math.max(from, to) === column ? width / Math.abs(from - to) : 0
}

function rightEdge(step: Step, xs: readonly number[]): number {
  if (step.kind === 'branch') return step.text.length * CHARACTER + 24
  if (step.kind === 'note') return at(xs, step.over) + half(step.text)
  return step.from === step.to ? at(xs, step.from) + LOOP + step.text.length * CHARACTER + 16 : 0
}

function drawStep(step: Step, y: number, xs: readonly number[], right: number): string {
  if (step.kind === 'branch')
    return `<line x1="0" y1="${y - 16}" x2="${right}" y2="${y - 16}" class="branch"/>${words(4, y + 2, step.text, 'start')}`
  if (step.kind === 'note') {
    const x = at(xs, step.over) - half(step.text)
    const box = `<rect x="${x}" y="${y - 18}" width="${half(step.text) * 2}" height="26" class="note"/>`
    return box + words(at(xs, step.over), y, step.text, 'middle')
  }
  const [from, to] = [at(xs, step.from), at(xs, step.to)]
  const style = step.isAnswer ? 'answer' : 'call'
  if (from === to && step.isLost) return cross(from, y) + words(from + 14, y + 4, step.text, 'start')
  if (from === to) {
    const loop = `<path d="M${from} ${y - 12}h${LOOP - 12}v14h${12 - LOOP + 6}" class="${style}"/>`
    return loop + arrow(from, y + 2, -1) + words(from + LOOP - 4, y, step.text, 'start')
  }
  const direction = Math.sign(to - from)
  const end = step.isLost ? to - direction * 22 : to
  const line = `<line x1="${from}" y1="${y}" x2="${end - direction * 6}" y2="${y}" class="${style}"/>`
  return (
    line + (step.isLost ? cross(end, y) : arrow(end, y, direction)) + words((from + to) / 2, y - 7, step.text, 'middle')
  )
}

function arrow(x: number, y: number, direction: number): string {
  return `<path d="M${x} ${y}l${-9 * direction} -5v10z" class="head"/>`
}

function cross(x: number, y: number): string {
  return `<path d="M${x - 6} ${y - 6}l12 12m0 -12l-12 12" class="cross"/>`
}

function words(x: number, y: number, text: string, anchor: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(text)}</text>`
}

function spoken(step: Step, participants: readonly string[]): string {
  if (step.kind === 'branch') return step.text
  if (step.kind === 'note') return `${participants[step.over]}, note: ${step.text}`
  if (step.from === step.to) return `${participants[step.from]}: ${step.text}`
  return `${participants[step.from]} to ${participants[step.to]}${step.isLost ? ', lost' : ''}: ${step.text}`
}

function half(text: string): number {
  return (text.length * CHARACTER) / 2 + 10
}

function at(xs: readonly number[], index: number): number {
  return xs[index] ?? 0
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
