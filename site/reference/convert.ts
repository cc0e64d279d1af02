import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Application, type Comment, type ProjectReflection, type Reflection, ReflectionKind } from 'typedoc'
import type { PluginOptions } from 'typedoc-plugin-markdown'
import { entryPoints } from '../entry-points.ts'
import { RAW_REFERENCE, REPOSITORY, ROOT } from '../paths.ts'

/** An export of the package, as the reference shows it on a page of its own. */
export interface Exported {
  readonly name: string
  /** The subpath whose folder has its page. */
  readonly home: string
  /** Every subpath that exports it. */
  readonly specifiers: readonly string[]
  /** Its source file, relative to the project. */
  readonly source: string
  readonly isType: boolean
}

const TYPES = ReflectionKind.Interface | ReflectionKind.TypeAlias

/** Titles without the kind: the reference says it by its folders. */
const MARKDOWN = {
  entryFileName: 'README',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  hideGroupHeadings: true,
  useCodeBlocks: true,
  expandParameters: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  propertyMembersFormat: 'table',
  classPropertiesFormat: 'table',
  indexFormat: 'table',
  tableColumnSettings: { hideSources: true, hideInherited: true, hideOverrides: true, hideModifiers: true },
  pageTitleTemplates: { index: 'Reference', module: '{name}', member: '{name}' },
} satisfies Partial<PluginOptions>

/** Have TypeDoc read every docstring and write Markdown into `RAW_REFERENCE`; the result lists the exports. */
export async function convertDocstrings(): Promise<readonly Exported[]> {
  const points = [...entryPoints()].sort((left, right) => depth(right.specifier) - depth(left.specifier))
  const app = await Application.bootstrapWithPlugins({
    ...MARKDOWN,
    router: 'member',
    entryPoints: points.map(({ source }) => join(ROOT, source)),
    tsconfig: join(ROOT, 'tsconfig.json'),
    plugin: ['typedoc-plugin-markdown'],
    readme: 'none',
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    excludeReferences: true,
    skipErrorChecking: true,
    disableGit: true,
    gitRevision: 'main',
    basePath: ROOT,
    out: RAW_REFERENCE,
    sourceLinkTemplate: `${REPOSITORY}/blob/main/src/{path}#L{line}`,
    logLevel: 'Warn',
  })
  const project = await app.convert()
  if (project === undefined) throw new Error('TypeDoc could not read the sources')
  nameModules(project, points)
  for (const reflection of Object.values(project.reflections)) {
    if (reflection.comment !== undefined) withoutNoRun(reflection.comment)
  }
  const found = exportsOf(project)
  rmSync(RAW_REFERENCE, { recursive: true, force: true })
  await app.generateOutputs(project)
  return found
}

/** The package itself is read last, so that each export is at home in a subpath. */
function depth(specifier: string): number {
  return specifier.includes('/') ? 1 : 0
}

/** Modules are named as users import them, not by their sources. */
function nameModules(project: ProjectReflection, points: readonly { specifier: string; source: string }[]): void {
  for (const module of project.children ?? []) {
    const file = module.sources?.[0]?.fileName
    const point = points.find(({ source }) => source === file)
    if (point === undefined) throw new Error(`TypeDoc read ${file}, which is no entry point`)
    module.name = point.specifier
  }
}

/** Take `no-run <reason>`, which is for the tests of the examples, off the first line of an example. */
function withoutNoRun(comment: Comment): void {
  for (const { content } of comment.getTags('@example')) {
    for (const part of content) part.text = part.text.replace(/^(```ts\n)no-run\b.*\n/, '$1')
  }
}

function exportsOf(project: ProjectReflection): readonly Exported[] {
  const specifiers = new Map<Reflection, string[]>()
  for (const module of project.children ?? []) {
    for (const child of module.children ?? []) {
      const target = child.isReference() ? child.getTargetReflectionDeep() : child
      specifiers.set(target, [...(specifiers.get(target) ?? []), module.name])
    }
  }
  return [...specifiers].map(([reflection, names]) => ({
    name: reflection.name,
    home: reflection.parent?.name ?? '',
    specifiers: names,
    source: (reflection.isDeclaration() && reflection.sources?.[0]?.fileName) || '',
    isType: reflection.kindOf(TYPES),
  }))
}
