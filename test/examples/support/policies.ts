import { type Bag, bagOf, type Json, listOf, referredBy, resourcesOf, type Template } from './template.ts'

/** The statements of a role: its own, and those of policies that are attached to it. */
function statementsOf(template: Template, role: string): readonly Bag[] {
  const { Policies } = template.Resources[role]?.Properties ?? {}
  const attached = resourcesOf(template, 'AWS::IAM::Policy').filter(([, { Roles }]) =>
    listOf(Roles).some((each) => referredBy(each) === role),
  )
  const documents = [...listOf(Policies).map(bagOf), ...attached.map(([, properties]) => properties)]
  return documents.flatMap(({ PolicyDocument }) => listOf(bagOf(PolicyDocument)['Statement']).map(bagOf))
}

/** Pairs of an action and a resource of the template that a role allows, with `/` and what follows where it is a part of it. */
export function allowedActions(template: Template, role: string): readonly (readonly [action: string, on: string])[] {
  return statementsOf(template, role)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource }) =>
      listOf(Action).flatMap((action) =>
        listOf(Resource).map((resource): [string, string] => [String(action), nameOf(resource)]),
      ),
    )
}

/** `Queue` of `!GetAtt Queue.Arn`, `arn:...` of text, without the partition. */
function nameOf(resource: Json): string {
  const { 'Fn::Sub': text, 'Fn::Join': join } = bagOf(resource)
  const joined = listOf(listOf(join)[1]).map((piece) =>
    typeof piece === 'string' ? piece : `\${${referredBy(piece)}}`,
  )
  return (
    referredBy(resource) ?? (typeof text === 'string' ? text : join === undefined ? String(resource) : joined.join(''))
  )
}

/** ARNs in full, where only a path or a stream of a log may be left open at the end; `*` in no action, and no policy of somebody else. */
export function policyFaults(template: Template): readonly string[] {
  const roles = resourcesOf(template, 'AWS::IAM::Role')
  const managed = roles.filter(([, { ManagedPolicyArns }]) => listOf(ManagedPolicyArns).length > 0)
  const open = roles.flatMap(([id]) =>
    statementsOf(template, id)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action, NotAction, Resource, NotResource }) => {
        const actions = listOf(Action).filter((action) => String(action).includes('*'))
        const resources = listOf(Resource).filter((resource) => !isNarrow(nameOf(resource)))
        const inverted = NotAction !== undefined || NotResource !== undefined || listOf(Resource).length === 0
        return [...actions, ...resources.map(nameOf), ...(inverted ? ['all but some'] : [])].map(
          (what) => `${id}: ${what} is open`,
        )
      }),
  )
  return [...managed.map(([id]) => `${id}: a managed policy, with wildcards`), ...open, ...openToOthers(template)]
}

/** A resource by its id, or an ARN with a wildcard after its name alone. */
function isNarrow(resource: string): boolean {
  return (
    /^\w+$/.test(resource) ||
    /^(?:arn:(?:\$\{AWS::Partition\}|aws):[a-z0-9-]+:|\$\{\w+)[^*]*[^*:/](?:[/:]\*)?$/.test(resource)
  )
}

/** Resource policies: allowed to a service for one source, denied to anybody. */
function openToOthers(template: Template): readonly string[] {
  const types = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy']
  return resourcesOf(template, ...types).flatMap(([id, { PolicyDocument }]) =>
    listOf(bagOf(PolicyDocument)['Statement'])
      .map(bagOf)
      .filter(({ Effect, Principal, Condition }) => Effect === 'Allow' && (!bagOf(Principal)['Service'] || !Condition))
      .map(() => `${id}: allowed to anybody`),
  )
}
