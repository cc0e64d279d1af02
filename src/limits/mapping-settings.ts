import { EVENT_SOURCE_LIMITS, type EventSourceKind, type SettingRange } from './event-source-limits.ts'
import { error, type Finding } from './finding.ts'
import { booleanOf, numberOf, readSetting, type Setting } from './setting.ts'

/** The settings of one mapping, as the rules ask for them. */
export interface MappingSettings {
  readonly kind: EventSourceKind
  readonly read: (path: string) => Setting
  /** The number, or the default where it is absent; undefined where nobody can tell, or it is out of range. */
  readonly numberAt: (path: string) => number | undefined
  /** False where it is absent; undefined where nobody can tell. */
  readonly flagAt: (path: string) => boolean | undefined
  /** Whether something is there, a function of CloudFormation included. */
  readonly has: (path: string) => boolean
}

export function mappingSettings(kind: EventSourceKind, config: unknown): MappingSettings {
  const read = (path: string): Setting => readSetting(config, path)
  return {
    kind,
    read,
    numberAt: (path) => {
      const setting = read(path)
      const range = EVENT_SOURCE_LIMITS[kind][path]
      if (setting.kind === 'absent') return range?.absent
      const value = setting.kind === 'known' ? numberOf(setting.value) : undefined
      return value !== undefined && range !== undefined && isInRange(value, range) ? value : undefined
    },
    flagAt: (path) => {
      const setting = read(path)
      if (setting.kind === 'absent') return false
      return setting.kind === 'known' ? booleanOf(setting.value) : undefined
    },
    has: (path) => {
      const setting = read(path)
      return setting.kind !== 'absent' && !(setting.kind === 'known' && setting.value === '')
    },
  }
}

const FLAGS = ['BisectBatchOnFunctionError', 'FifoQueue']
const BAGS = [
  'DestinationConfig',
  'DestinationConfig.OnFailure',
  'RedrivePolicy',
  'ScalingConfig',
  'ProvisionedPollerConfig',
]

/** Settings that are not what they should be: numbers out of range, flags that are none, what cannot be read. */
export function valueFindings({ kind, read }: MappingSettings): readonly Finding[] {
  const findings: Finding[] = []
  for (const path of BAGS) {
    const setting = read(path)
    const isBag = setting.kind !== 'known' || (typeof setting.value === 'object' && !Array.isArray(setting.value))
    if (setting.kind === 'unreadable' || !isBag) findings.push(error('unreadable', path, `${path} must be an object`))
  }
  for (const path of FLAGS) {
    const setting = read(path)
    const isFlag = setting.kind !== 'known' || booleanOf(setting.value) !== undefined
    if (setting.kind === 'unreadable' || !isFlag) {
      findings.push(error('unreadable', path, `${path} must be true or false`))
    }
  }
  for (const [path, range] of Object.entries(EVENT_SOURCE_LIMITS[kind])) {
    const setting = read(path)
    if (isBelow(findings, path) || setting.kind === 'absent' || setting.kind === 'unknown') continue
    const value = setting.kind === 'known' ? numberOf(setting.value) : undefined
    if (value === undefined || !isInRange(value, range)) {
      findings.push(error('out-of-range', path, `${path} must be a whole number of ${rangeText(range)}`))
    }
  }
  return findings
}

/** Whether the object that holds the setting has been reported already. */
function isBelow(findings: readonly Finding[], path: string): boolean {
  return findings.some(({ setting }) => path.startsWith(`${setting}.`))
}

function isInRange(value: number, { min, max, also }: SettingRange): boolean {
  return Number.isInteger(value) && ((value >= min && value <= max) || value === also)
}

function rangeText({ unit, min, max, also }: SettingRange): string {
  if (min === max) return `${unit}, which is ${min}`
  const bounds = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`
  return `${unit}, ${bounds}${also === undefined ? '' : `, or ${also}`}`
}
