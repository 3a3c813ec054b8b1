import type { z } from 'zod';

/**
 * Compiles only where a schema says of an answer exactly what its type says, all the way down; otherwise the error names the fields that
 * part. Described as `unknown` is described as anything, and plain text describes every text.
 */
export function describes<Answer, Schema extends z.ZodType>(agreed: Agreed<Answer, z.output<Schema>>): void {
  void agreed;
}

// A type that stands for no difference must not be `never`, which fits everywhere.
export type Agreed<Answer, Described> =
  Parting<Answer, Described> extends infer Where
    ? [Where] extends [never]
      ? true
      : Where extends string
        ? `parts at ${Where}`
        : never
    : never;

/** Paths of what one side has and the other has not, or says otherwise, e.g. `steps[].evidence[].tool`. */
type Parting<A, D, At extends string = ''> = unknown extends D
  ? never
  : ValueParting<Exclude<A, object | undefined>, Exclude<D, object | undefined>, At> | ObjectParting<Objects<A>, Objects<D>, At>;

type Objects<T> = Extract<Exclude<T, undefined>, object>;
type ValueParting<A, D, At> = [A] extends [D] ? ([D] extends [A] ? never : string extends D ? never : At) : At;

type ObjectParting<A, D, At extends string> = [A] extends [never]
  ? [D] extends [never]
    ? never
    : At
  : [D] extends [never]
    ? At
    : [A, D] extends [readonly (infer Item)[], readonly (infer Said)[]]
      ? Parting<Item, Said, `${At}[]`>
      : FieldParting<A, D, At>;

type FieldParting<A, D, At extends string> =
  | { [K in Known<A> | Known<D>]: Field<A, D, K, At extends '' ? K : `${At}.${K}`> }[Known<A> | Known<D>]
  | (IsOpen<A> extends true ? (IsOpen<D> extends true ? Parting<Value<A, string>, Value<D, string>, `${At}.*`> : `${At}.*`) : never);

/** A field that only an open description does not name is covered by it. */
type Field<A, D, K extends string, At extends string> =
  K extends Known<A>
    ? K extends Known<D>
      ? | Parting<Value<A, K>, Value<D, K>, At>
        | (Optional<A, K> extends Optional<D, K> ? (Optional<D, K> extends Optional<A, K> ? never : At) : At)
      : IsOpen<D> extends true
        ? Parting<Value<A, K>, Value<D, string>, At>
        : At
    : At;

type Known<T> = T extends unknown
  ? keyof { [K in keyof T as string extends K ? never : K extends string ? K : never]: T[K] } & string
  : never;
type IsOpen<T> = true extends (T extends unknown ? (string extends keyof T ? true : false) : never) ? true : false;
type Value<T, K extends string> = T extends unknown ? (K extends keyof T ? T[K] : never) : never;
/** True when it may be missing, also because one of several kinds has no such field. */
type Optional<T, K extends string> = true extends (
  T extends unknown ? (K extends keyof T ? (Partial<Pick<T, K>> extends Pick<T, K> ? true : false) : true) : never
)
  ? true
  : false;
