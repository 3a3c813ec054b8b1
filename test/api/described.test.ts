import assert from 'node:assert/strict';
import { z } from 'zod';
import { runView } from '../../src/api/answers.ts';
import { describes, type Agreed } from '../../src/api/described.ts';
import type { RunView } from '../../src/workflows/messages.ts';

const schema = z.object({
  id: z.string(),
  kind: z.enum(['a', 'b']),
  at: z.string().optional(),
  items: z.array(z.object({ n: z.number() })),
});
type Schema = typeof schema;
interface Answer {
  id: string;
  kind: 'a' | 'b';
  at?: string;
  items: { n: number }[];
}

/** Compiled and never called: each line that does not compile is one that the guard stopped. */
export function guards(): void {
  describes<Answer, Schema>(true);
  // @ts-expect-error a field that is answered and not described
  describes<Answer & { more: string }, Schema>(true);
  // @ts-expect-error the same, though it may be missing
  describes<Answer & { more?: string }, Schema>(true);
  // @ts-expect-error a field that is described and never answered
  describes<Omit<Answer, 'at'>, Schema>(true);
  // @ts-expect-error a word that is not described
  describes<Omit<Answer, 'kind'> & { kind: 'a' | 'b' | 'c' }, Schema>(true);
  // @ts-expect-error a word that is never answered
  describes<Omit<Answer, 'kind'> & { kind: 'a' }, Schema>(true);
  // @ts-expect-error a field deep inside
  describes<Omit<Answer, 'items'> & { items: { n: number; times?: number }[] }, Schema>(true);
  // @ts-expect-error another kind of value
  describes<Omit<Answer, 'id'> & { id: number }, Schema>(true);
  // @ts-expect-error nothing, where something is promised
  describes<Omit<Answer, 'id'> & { id: string | null }, Schema>(true);
  // @ts-expect-error it is always there, and described as if it could be missing
  describes<Omit<Answer, 'at'> & { at: string }, Schema>(true);
  // @ts-expect-error a run's view that has one more field
  describes<RunView & { mood: string }, typeof runView>(true);
}

const where: Agreed<Omit<Answer, 'items'> & { items: { n: number; times?: number }[] }, z.output<Schema>> = 'parts at items[].times';

describe('the guard of what the API says that it answers', () => {
  it('stops the compiler at every difference, and names the field', () => {
    assert.ok(schema.safeParse({ id: '1', kind: 'a', items: [{ n: 1 }] } satisfies Answer).success);
    assert.equal(where, 'parts at items[].times');
  });

  it('lets pass what Muster itself found, and reads that stand for several', () => {
    const found = { at: '2026-11-21T03:00:00Z', tool: 'muster', call: 'it was so already', kind: 'read', outcome: 'yes', ok: true, ms: 1 };
    const evidence = runView.shape.steps.element.shape.evidence.element;
    assert.ok(evidence.safeParse({ ...found, attempt: 1, times: 3 }).success);
  });
});
