import { z } from 'zod';
import type { RunbookEntry } from './entry.ts';

export interface Described extends Pick<RunbookEntry, 'name' | 'title' | 'when' | 'source' | 'startRole' | 'example'> {
  /** JSON Schema. */
  input: Record<string, unknown>;
}

/** A runbook as people read it; its input as they write it: a field with a default may be left out, a duration is a text. */
export function describeRunbook({ name, title, when, source, startRole, input, example }: RunbookEntry): Described {
  return { name, title, when, source, startRole, input: z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }), example };
}
