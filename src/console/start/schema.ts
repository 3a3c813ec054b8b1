import type { Me, Runbook } from '../client/types.ts';
import type { Field } from '../parts/fields.tsx';

interface Property {
  type?: string;
  enum?: string[];
  description?: string;
  default?: unknown;
}

/** Which names of the environment an input chooses from. */
const namesOf: Record<string, string> = {
  ...{ service: 'services', from: 'regions', to: 'regions', region: 'regions', cluster: 'clusters', database: 'databases' },
  ...{ dns: 'dns', owner: 'people', name: 'drills' },
};

/** The form of a runbook, as its input is described; names of the environment are there to choose from. */
export function fieldsOf({ name: runbook, input }: Runbook, { environment }: Me, given: Record<string, unknown>): Field[] {
  const { properties = {}, required = [] } = input as { properties?: Record<string, Property>; required?: string[] };
  return Object.entries(properties).map(([name, { type, enum: choices, description, default: usual }]) => {
    const value = given[name] ?? usual;
    // What is called `to` is a region, or a release, or a member of a cluster.
    const elsewhere = name === 'to' && (runbook === 'fail-over-database-cluster' || !description?.includes('region'));
    const known = elsewhere ? undefined : environment.names[namesOf[name] ?? ''];
    const offered = choices ?? (type === 'string' && known && known.length > 0 ? known : undefined);
    return {
      ...{ name, label: name, kind: kindOf(type, offered), needed: required.includes(name) && type !== 'boolean' },
      ...(description === undefined ? {} : { help: description }),
      ...(offered === undefined ? {} : { choices: offered }),
      ...(value === undefined ? onlyOne(offered, required.includes(name)) : { value: sayOf(value) }),
    };
  });
}

const kindOf = (type: string | undefined, offered: readonly string[] | undefined): Field['kind'] =>
  offered ? 'choice' : type === 'boolean' ? 'yesNo' : type === 'number' || type === 'integer' ? 'number' : 'line';

/** Where there is nothing to choose it is chosen. */
const onlyOne = (offered: readonly string[] | undefined, needed: boolean): { value?: string } =>
  needed && offered?.length === 1 ? { value: offered[0]! } : {};

const sayOf = (value: unknown): string => {
  if (typeof value === 'boolean') return value ? 'yes' : '';
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : JSON.stringify(value);
};
