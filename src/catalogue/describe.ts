import { z } from 'zod';
import type { RunbookEntry } from './entry.ts';

export interface Described extends Pick<RunbookEntry, 'name' | 'title' | 'when' | 'source' | 'startRole' | 'example' | 'asks' | 'undoes'> {
  symptoms: readonly string[];
  /** What it works on; empty when it does not depend on that. */
  platforms: readonly string[];
  /** JSON Schema. */
  input: Record<string, unknown>;
}

/** A runbook as people read it; its input as they write it: a field with a default may be left out, a duration is a text. */
export function describeRunbook({ input, symptoms = [], platforms = [], ...entry }: RunbookEntry): Described {
  const { name, title, when, source, startRole, example, asks, undoes } = entry;
  return {
    ...{ name, title, when, source, startRole, symptoms, platforms, asks, undoes },
    ...{ input: z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }), example },
  };
}

/** All runbooks as one table of Markdown; the docs are compared with it. */
export function runbookTable(entries: readonly RunbookEntry[]): string {
  const rows = entries.map((entry) => {
    const { name, when, source, platforms, asks, undoes } = describeRunbook(entry);
    return [`\`${name}\``, when, source, platforms.join(', ') || 'any', asks.join(' ') || 'nothing', undoes];
  });
  const head = ['runbook', 'when to use it', 'source', 'platforms', 'asks', 'can take back'];
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}
