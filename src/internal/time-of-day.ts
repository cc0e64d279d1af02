const TIME = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d+))?$/

/** `12:34:56`, with as many digits of a second as the unit has, unless all are zero. */
export function timeOfDayText(units: bigint, unitsPerSecond: bigint): string {
  return units % unitsPerSecond === 0n ? clock(units / unitsPerSecond) : timeOfDayFullText(units, unitsPerSecond)
}

/** `12:34:56.000000`, always with as many digits of a second as the unit has. */
export function timeOfDayFullText(units: bigint, unitsPerSecond: bigint): string {
  const text = clock(units / unitsPerSecond)
  if (unitsPerSecond === 1n) return text
  return `${text}.${String(units % unitsPerSecond).padStart(String(unitsPerSecond).length - 1, '0')}`
}

function clock(seconds: bigint): string {
  const two = (part: bigint): string => String(part).padStart(2, '0')
  return `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`
}

/** The units since midnight of such a text; undefined if it is not one, or finer than the unit. */
export function parseTimeOfDay(text: string, unitsPerSecond: bigint): bigint | undefined {
  const [, hours, minutes, seconds, digits = ''] = TIME.exec(text) ?? []
  if (hours === undefined || minutes === undefined || seconds === undefined) return undefined
  const places = String(unitsPerSecond).length - 1
  const fraction = digits.replace(/0+$/, '').padEnd(places, '0')
  if (fraction.length > places) return undefined
  const whole = (BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds)
  return whole * unitsPerSecond + BigInt(fraction)
}
