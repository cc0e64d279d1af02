/** A version of three numbers. */
const VERSION = /^(\d+)\.(\d+)\.(\d+)$/
const UNRELEASED = '## [Unreleased]'
const BUMPS: readonly string[] = ['major', 'minor', 'patch']

/**
 * The version that a release gets: `major`, `minor` or `patch` after the current one, or one that is written out and higher.
 *
 * @throws Error where it is none of these.
 */
export function nextVersion(current: string, asked: string): string {
  const parts = numbersOf(current)
  const bumped = BUMPS.indexOf(asked)
  if (bumped !== -1)
    return parts.map((part, index) => (index < bumped ? part : index === bumped ? part + 1 : 0)).join('.')
  const wanted = numbersOf(asked)
  const first = wanted.findIndex((part, index) => part !== parts[index])
  if (first === -1 || (wanted[first] ?? 0) < (parts[first] ?? 0))
    throw new Error(`${asked} is not above ${current}, the version of package.json`)
  return asked
}

/** The changelog with what is unreleased as the section of a version, under an empty section for what comes next. */
export function cutRelease(changelog: string, version: string, date: string): string {
  const notes = sectionOf(changelog, 'Unreleased')
  if (notes === '') throw new Error(`CHANGELOG.md has nothing under "${UNRELEASED}": a release has at least one line`)
  if (changelog.includes(`## [${version}]`)) throw new Error(`CHANGELOG.md has a section of ${version} already`)
  return changelog.replace(UNRELEASED, `${UNRELEASED}\n\n## [${version}] - ${date}`)
}

/** The lines of a section, without its heading; empty where it has none or is not there. */
export function sectionOf(changelog: string, name: string): string {
  const sections = changelog.split(/^(?=## \[)/m)
  const section = sections.find((each) => each.startsWith(`## [${name}]`)) ?? ''
  return section.replace(/^.*\n/, '').trim()
}

function numbersOf(version: string): readonly number[] {
  const match = VERSION.exec(version)
  if (match === null)
    throw new Error(`"${version}" is no version: write major, minor, patch or three numbers, such as 1.2.3`)
  return match.slice(1).map(Number)
}
