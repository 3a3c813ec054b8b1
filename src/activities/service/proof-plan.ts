import { createHash } from 'node:crypto';
import type { Environment } from '../../config/environment.ts';
import { currentStep, resolvedSecret } from '../kit/index.ts';

export type Proof = Environment['services'][string]['proofs'][number];
export type ProofRequest = NonNullable<Proof['requests']>[number];
/** What stands for `{name}` in requests: the marker, and what earlier answers said. */
export type Values = Record<string, string>;

const placeholder = /\{(\w+)\}/g;

/** The UUID by which what a proof leaves is found again: the same over attempts, another for each proof. */
export function markerOf({ title }: Proof): string {
  const hex = createHash('sha256').update(`${currentStep().operationId}/${title}`).digest('hex').slice(0, 32);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** It only reads, so that it may be repeated at any time. */
export const onlyReads = ({ kind }: Proof): boolean => kind === 'read';

/** The request that finds what the proof wrote by its marker alone; undefined when there is none. */
export const findingRequest = ({ requests = [] }: Proof): ProofRequest | undefined => requests.find(isByMarker);

/** A GET that knows everything it needs. */
export function isByMarker({ method, path, headers, expect }: ProofRequest): boolean {
  const named = [path, ...Object.values(headers), JSON.stringify(expect.body ?? '')].flatMap((text) => placeholdersOf(text));
  return method === 'GET' && path.includes('{marker}') && named.every((name) => name === 'marker');
}

/** Names in a text that stand for values. */
export const placeholdersOf = (text: string): string[] => [...text.matchAll(placeholder)].map(([, name]) => name!);

/** A text with its values; what is not known yet stays as it is written. */
export const filled = (text: string, values: Values, say: (value: string) => string = (value) => value): string =>
  text.replace(placeholder, (whole, name: string) => (Object.hasOwn(values, name) ? say(values[name]!) : whole));

/** The same for every text in a value. */
export function filledIn<T>(value: T, values: Values, text: (value: string) => string = (one) => one): T {
  if (typeof value === 'string') return text(filled(value, values)) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => filledIn(item, values, text)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filledIn(item as unknown, values, text)])) as T;
}

/** `env:NAME`, `file:PATH`, or one with a word before it, as a secret's value; any other text as it is. */
export function secretIn(text: string): string {
  const [, scheme = '', reference] = /^([\w-]+ )?((?:env|file):.+)$/s.exec(text) ?? [];
  return reference === undefined ? text : `${scheme}${resolvedSecret(reference)}`;
}
