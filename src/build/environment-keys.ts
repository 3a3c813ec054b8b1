import { z } from 'zod';

/** One part of the way to a key: a name that stands there, any name, any entry of a list, or only where a value has this. */
export type Step = { key: string } | { each: string } | { item: true } | { where: string; is: string } | { table: true };

/** A key of the environment file, as its schema has it. */
export interface Key {
  steps: Step[];
  name: string;
  schema: z.ZodType;
  description: string | undefined;
  /** False when it may be left out. */
  required: boolean;
  /** What stands there when it is left out; undefined where that is nothing that one could write. */
  fallback: unknown;
  examples: readonly unknown[];
  /** Keys below it. */
  keys: Key[];
}

/** Every key of a schema, each with those below it. */
export function keysOf(schema: z.ZodType, steps: Step[] = [], samples: readonly unknown[] = []): Key[] {
  const { inner } = peel(schema);
  const below = (part: z.ZodType, step: Step) => keysOf(part, [...steps, step], samplesAt(samples, step));
  if (inner instanceof z.ZodObject) {
    const shape = Object.entries<z.ZodType>(inner.shape);
    return shape.map(([name, child]) => keyOf(name, child, [...steps, { key: name }], samples));
  }
  if (inner instanceof z.ZodRecord) {
    const { title = 'NAME' } = (inner.keyType as z.ZodType).meta() ?? {};
    return below(inner.valueType as z.ZodType, { each: title });
  }
  if (inner instanceof z.ZodArray) return below(inner.element as z.ZodType, { item: true });
  if (inner instanceof z.ZodUnion) {
    const mark = inner instanceof z.ZodDiscriminatedUnion ? inner.def.discriminator : undefined;
    return (inner.options as z.ZodType[]).flatMap((option) => below(option, only(option, mark)));
  }
  return [];
}

function keyOf(name: string, schema: z.ZodType, steps: Step[], samples: readonly unknown[]): Key {
  const { inner, description, examples: own = [], optional, fallback } = peel(schema);
  const mark: unknown[] = inner instanceof z.ZodLiteral ? [inner.value] : [];
  const examples = [...own, ...samplesAt(samples, { key: name }), ...mark];
  return { steps, name, schema, description, required: !optional, fallback, examples, keys: keysOf(schema, steps, examples) };
}

const samplesAt = (samples: readonly unknown[], step: Step) =>
  samples.flatMap((sample) => valuesAt(sample, [step])).filter((value) => value !== undefined);

/** What stands at the end of a way, wherever it leads in a file as it is written. */
export function valuesAt(value: unknown, [step, ...rest]: readonly Step[]): unknown[] {
  if (step === undefined) return [value];
  if ('item' in step) return Array.isArray(value) ? value.flatMap((each) => valuesAt(each, rest)) : [];
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
  const table = value as Record<string, unknown>;
  if ('key' in step) return Object.hasOwn(table, step.key) ? valuesAt(table[step.key], rest) : [];
  if ('each' in step) return Object.values(table).flatMap((each) => valuesAt(each, rest));
  return 'table' in step || table[step.where] === step.is ? valuesAt(value, rest) : [];
}

/** What tells one of several forms from the others. */
function only(option: z.ZodType, mark: string | undefined): Step {
  const { inner } = peel(option);
  const said = mark !== undefined && inner instanceof z.ZodObject ? (inner.shape as Record<string, unknown>)[mark] : undefined;
  return mark !== undefined && said instanceof z.ZodLiteral ? { where: mark, is: String(said.value) } : { table: true };
}

interface Peeled {
  inner: z.ZodType;
  optional: boolean;
  fallback?: unknown;
  description?: string | undefined;
  examples?: readonly unknown[] | undefined;
}

/** Takes off what only says whether and how a value may be left out. */
function peel(schema: z.ZodType): Peeled {
  const { description, examples } = schema.meta() ?? {};
  const said = { description, examples: Array.isArray(examples) ? examples : undefined };
  const below = (inner: unknown, more: Partial<Peeled>): Peeled => {
    const rest = peel(inner as z.ZodType);
    return { ...rest, ...more, description: said.description ?? rest.description, examples: said.examples ?? rest.examples };
  };
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) return below(schema.def.innerType, { optional: true });
  if (schema instanceof z.ZodNullable) return below(schema.def.innerType, {});
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return below(schema.def.innerType, { optional: true, fallback: schema.def.defaultValue });
  if (schema instanceof z.ZodPipe) return below(schema.def.in, {});
  return { inner: schema, optional: false, ...said };
}
