/**
 * Get the original text of a member of a JSON object. `JSON.parse` must accept the text as an object with the member;
 * the last of equal names counts, as there. O(characters).
 */
export function memberText(json: string, name: string): string {
  let found = ''
  let at = json.indexOf('{') + 1
  for (;;) {
    at = skipMarks(json, at)
    if (json[at] !== '"') return found
    const nameEnd = endOfString(json, at)
    const isNamed = JSON.parse(json.slice(at, nameEnd)) === name
    const start = skipMarks(json, nameEnd)
    const end = endOfValue(json, start)
    if (isNamed) found = json.slice(start, end)
    at = end
  }
}

/** Skip spaces, commas and colons. */
function skipMarks(json: string, from: number): number {
  let at = from
  while (at < json.length && ' ,:\n\r\t'.includes(json[at] as string)) at++
  return at
}

function endOfString(json: string, start: number): number {
  let at = start + 1
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at + 1
}

function endOfValue(json: string, start: number): number {
  let depth = 0
  for (let at = start; at < json.length; ) {
    const mark = json[at] as string
    if (mark === '"') at = endOfString(json, at)
    else {
      if (mark === '{' || mark === '[') depth++
      if (depth === 0 && ',} \n\r\t'.includes(mark)) return at
      if (mark === '}' || mark === ']') depth--
      at++
    }
    if (depth === 0 && (mark === '"' || mark === '}' || mark === ']')) return at
  }
  return json.length
}
