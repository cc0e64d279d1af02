/**
 * The value that a schema parses, or the same with only its listed fields: an interface, such as those of
 * `@types/aws-lambda`, has no index signature, and declares a source as any string.
 */
export type TypeOf<T> = T | Listed<T>

type Listed<T> = T extends string
  ? string
  : T extends readonly (infer Item)[]
    ? Listed<Item>[]
    : T extends object
      ? ListedFields<T>
      : T

type ListedFields<T> = keyof OwnFields<T> extends never ? DeepValues<T> : OwnFields<T>
type OwnFields<T> = { [Name in keyof T as string extends Name ? never : Name]: Listed<T[Name]> }
type DeepValues<T> = { [Name in keyof T]: Listed<T[Name]> }
