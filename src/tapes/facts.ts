import { z } from 'zod';
import { likeness } from './carry.ts';
import { factValue } from '../words/facts.ts';

/** Units in which facts without a kind were kept. */
const units: Record<string, { kind: string; by: number }> = {
  s: { kind: 'duration', by: 1_000 },
  min: { kind: 'duration', by: 60_000 },
  MB: { kind: 'bytes', by: 1_048_576 },
};

const asRead = z.looseObject({
  ...{ id: z.string().optional(), name: z.string(), kind: z.string().optional() },
  ...{ value: z.union([z.string(), z.number(), z.boolean(), z.null()]), source: z.string(), at: z.string() },
  ...{ tolerance: z.number().optional(), informational: z.boolean().optional(), unit: z.string().optional() },
  verdict: z.enum(['good', 'bad', 'unknown', 'notTried']).optional(),
});

/** A fact of a past run: its value is in the unit of its kind, also when the run was made before facts had one. */
export const fact = asRead.transform((one) => {
  const { id = one.name, kind, unit, value, tolerance } = one;
  const known = kind === undefined ? units[unit ?? ''] : undefined;
  if (!known) return { ...one, id, kind: kind ?? 'words' };
  const { unit: _unit, ...rest } = one;
  return {
    ...{ ...rest, id, kind: known.kind, value: typeof value === 'number' ? value * known.by : value },
    ...(tolerance === undefined ? {} : { tolerance: tolerance * known.by }),
  };
});

type TapeFact = z.output<typeof fact>;

/** Facts that count and are not what people saw, one sentence each. */
export function differences(
  seen: readonly TapeFact[],
  fresh: readonly Pick<TapeFact, 'id' | 'name' | 'kind' | 'value' | 'unit'>[],
): string[] {
  return seen
    .filter(({ informational }) => !informational)
    .flatMap((one) => {
      const again = fresh.find(({ id, name }) => likeness(id) === likeness(one.id) || likeness(name) === likeness(one.name));
      if (!again) return [`${one.name} was ${factValue(one)}, and is not read`];
      return holds(one, again) ? [] : [`${one.name} was ${factValue(one)}, is ${factValue(again)}`];
    });
}

function holds({ value, tolerance = 0 }: TapeFact, again: Pick<TapeFact, 'value'>): boolean {
  const near = typeof value === 'number' && typeof again.value === 'number' && Math.abs(value - again.value) <= tolerance;
  return near || likeness(String(value)) === likeness(String(again.value));
}
