import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { environmentSchema } from '../config/schema.ts';
import { briefly, exampleOf } from './environment-examples.ts';
import { type Key, keysOf, type Step } from './environment-keys.ts';

/** The files from which the examples are taken, the whole one first. */
export function shippedEnvironments(root: string): unknown[] {
  const files = readdirSync(join(root, 'environments')).filter((file) => file.endsWith('.yaml'));
  const wholeFirst = ['range.yaml', ...files.filter((file) => file !== 'range.yaml').sort()];
  return wholeFirst.map((file) => parse(readFileSync(join(root, 'environments', file), 'utf8')) as unknown);
}

/** `services.NAME.vantagePoints[].url` */
export function pathOf(steps: readonly Step[]): string {
  const parts = steps.map((step) => ('key' in step ? `.${step.key}` : 'each' in step ? `.${step.each}` : 'item' in step ? '[]' : ''));
  return parts.join('').slice(1);
}

/** Every key of the environment file with what it is for and an example, as Markdown. */
export function keysPage(root: string): string {
  const files = shippedEnvironments(root);
  return keysOf(environmentSchema)
    .map((key) => section(key, files))
    .join('\n\n');
}

function section(key: Key, files: readonly unknown[]): string {
  return [`### \`${key.name}\``, ...block(key, files)].join('\n\n');
}

/** Small tables stand beside their key; large ones follow, each under a heading of its own. */
const large = 5;

function block(key: Key, files: readonly unknown[]): string[] {
  const later: Key[] = [];
  const lines = (each: Key): string[] => {
    const small = each.keys.length < large;
    if (!small) later.push(each);
    return [line(each, files), ...(small ? each.keys.flatMap(lines) : [])];
  };
  const own = [line(key, files), ...key.keys.flatMap(lines)].join('\n');
  return [
    own,
    ...later.flatMap((each) => [
      `#### \`${pathOf(each.steps)}\``,
      ...block(each, files).map((text, index) => (index === 0 ? withoutFirst(text) : text)),
    ]),
  ];
}

/** A key whose table has a heading of its own is described where it stands already. */
const withoutFirst = (text: string): string => text.slice(text.indexOf('\n- **') + 1);

function line(key: Key, files: readonly unknown[]): string {
  const form = key.steps.findLast((step) => 'where' in step);
  const last = key.steps.at(-2);
  const said = form !== undefined && form === last ? (form.where === key.name ? `: ${form.is}` : '') : '';
  const when = form !== undefined && form === last && said === '' ? `, where \`${form.where}: ${form.is}\`` : '';
  const example = exampleOf(key, files);
  return `- **\`${pathOf(key.steps)}${said}\`** (${need(key)}${when}): ${escaped(key.description ?? '')}\n  ${code(`${key.name}: ${briefly(example)}`)}`;
}

function need({ required, fallback, schema }: Key): string {
  if (required) return 'needed';
  if (fallback === undefined || fallback === null) return 'may be left out';
  const written = schema.safeParse(fallback).success || typeof fallback !== 'number' ? fallback : spanOf(fallback);
  const empty = typeof written === 'object' && Object.keys(written).length === 0;
  return empty ? 'may be left out' : `unless said ${code(briefly(written))}`;
}

/** Milliseconds as one would write them. */
function spanOf(ms: number): string {
  const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };
  const [unit, size] = Object.entries(units).find(([, length]) => ms >= length && ms % length === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);
/** Outside of code, Markdown would take it for a tag. */
const escaped = (text: string): string =>
  text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '\\<') : part))
    .join('`');
