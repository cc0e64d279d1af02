import { isMap, isScalar, isSeq, type ParsedNode, parseDocument } from 'yaml'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
export type Bag = { readonly [name: string]: Json }

export interface Resource {
  readonly Type: string
  readonly Properties?: Bag
  readonly DeletionPolicy?: Json
  readonly UpdateReplacePolicy?: Json
}

/** A template of CloudFormation, also one before the SAM transform. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, Bag>>
  readonly Resources: Readonly<Record<string, Resource>>
}

/** How Lambda invokes a function: by a mapping that polls, by an event in its own queue, or for an answer. */
export type Trigger = 'mapping' | 'event' | 'request'

export interface StackFunction {
  readonly id: string
  readonly properties: Bag
  readonly triggers: ReadonlySet<Trigger>
  /** Retries and destination of events. */
  readonly invoke: Bag
}

export interface StackMapping {
  readonly functionId: string
  /** The resource that is polled. */
  readonly sourceId: string
  readonly properties: Bag
}

const EVENTS = ['S3', 'Schedule', 'EventBridgeRule', 'SNS']
const MAPPINGS: Readonly<Record<string, string>> = { Kinesis: 'Stream', DynamoDB: 'Stream', SQS: 'Queue' }

/** Read a template with CloudFormation's short tags: `!Ref X` is `{ Ref: X }`, `!GetAtt X.Arn` is `{ 'Fn::GetAtt': ['X', 'Arn'] }`. */
export function parseTemplate(text: string): Template {
  const document = parseDocument(text, { logLevel: 'silent', version: '1.2' })
  const problems = [...document.errors, ...document.warnings.filter(({ message }) => !message.includes('tag: !'))]
  if (problems[0] !== undefined) throw problems[0]
  return plain(document.contents) as unknown as Template
}

function plain(node: ParsedNode | null): Json {
  const tag = node?.tag?.startsWith('!') ? node.tag.slice(1) : undefined
  const value = isMap(node)
    ? Object.fromEntries(node.items.map(({ key, value }) => [String(plain(key)), plain(value)]))
    : isSeq(node)
      ? node.items.map((item) => plain(item as ParsedNode))
      : isScalar(node)
        ? (node.value as Json)
        : null
  if (tag === undefined) return value
  if (tag === 'Ref' || tag === 'Condition') return { [tag]: value }
  return { [`Fn::${tag}`]: tag === 'GetAtt' && typeof value === 'string' ? value.split(/\.(.*)/, 2) : value }
}

export const bagOf = (value: Json | undefined): Bag =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Bag) : {}
export const listOf = (value: Json | undefined): readonly Json[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as Json]

/** The resource that a value refers to, by `Ref` or `Fn::GetAtt`; undefined for anything else. */
export function referredBy(value: Json | undefined): string | undefined {
  const { Ref, 'Fn::GetAtt': attribute } = bagOf(value)
  const id = Ref ?? (typeof attribute === 'string' ? attribute.split('.')[0] : listOf(attribute)[0])
  return typeof id === 'string' ? id : undefined
}

export function resourcesOf(template: Template, ...types: readonly string[]): readonly (readonly [string, Bag])[] {
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => types.includes(Type))
    .map(([id, { Properties = {} }]) => [id, Properties])
}

/** All functions, of SAM and of CloudFormation. */
export function functionsOf(template: Template): readonly StackFunction[] {
  const steps = stepsOf(template)
  const sam = resourcesOf(template, 'AWS::Serverless::Function').map(([id, properties]): StackFunction => {
    const types = Object.values(bagOf(properties['Events'])).map((event) => String(bagOf(event)['Type']))
    const triggers = types.map(
      (type): Trigger => (type in MAPPINGS ? 'mapping' : EVENTS.includes(type) ? 'event' : 'request'),
    )
    for (const step of steps) if (step === id) triggers.push('request')
    return { id, properties, triggers: new Set(triggers), invoke: bagOf(properties['EventInvokeConfig']) }
  })
  const invokes = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig')
  const permissions = resourcesOf(template, 'AWS::Lambda::Permission')
  const plainOnes = resourcesOf(template, 'AWS::Lambda::Function').map(([id, properties]): StackFunction => {
    const isOwn = ([, { FunctionName }]: readonly [string, Bag]) => referredBy(FunctionName) === id
    const principals = permissions.filter(isOwn).map(([, { Principal }]) => Principal)
    const triggers = principals.map((each): Trigger => (each === 'apigateway.amazonaws.com' ? 'request' : 'event'))
    const isPolled = mappingsOf(template).some(({ functionId }) => functionId === id)
    return {
      id,
      properties,
      triggers: new Set<Trigger>([
        ...triggers,
        ...(isPolled ? (['mapping'] as const) : []),
        ...(steps.includes(id) ? (['request'] as const) : []),
      ]),
      invoke: invokes.find(isOwn)?.[1] ?? {},
    }
  })
  return [...sam, ...plainOnes]
}

/** The functions that state machines call. */
function stepsOf(template: Template): readonly (string | undefined)[] {
  return resourcesOf(template, 'AWS::Serverless::StateMachine', 'AWS::StepFunctions::StateMachine').flatMap(
    ([, { DefinitionSubstitutions }]) => Object.values(bagOf(DefinitionSubstitutions)).map(referredBy),
  )
}

/** All event source mappings, of SAM's events and of CloudFormation. */
export function mappingsOf(template: Template): readonly StackMapping[] {
  const sam = resourcesOf(template, 'AWS::Serverless::Function').flatMap(([functionId, { Events }]) =>
    Object.values(bagOf(Events)).flatMap((event): readonly StackMapping[] => {
      const { Type, Properties } = bagOf(event)
      const source = MAPPINGS[String(Type)]
      if (source === undefined) return []
      const { [source]: arn, ...properties } = bagOf(Properties)
      return [{ functionId, sourceId: referredBy(arn) ?? '', properties }]
    }),
  )
  const own = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map(([, properties]) => ({
    functionId: referredBy(properties['FunctionName']) ?? '',
    sourceId: referredBy(properties['EventSourceArn']) ?? '',
    properties,
  }))
  return [...sam, ...own]
}
