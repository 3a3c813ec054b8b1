import assert from 'node:assert/strict';
import type { Kind } from '../../src/activities/kit/kinds.ts';
import type { Sources } from '../../src/lint/code.ts';
import { lint, type LintResult } from '../../src/lint/lint.ts';
import { compiler } from '../../src/lint/own.ts';

const kinds = new Map<string, Kind>([
  ['fenceDatabase', 'change'],
  ['unfenceDatabase', 'change'],
  ['promoteDatabase', 'change'],
  ['shiftTraffic', 'change'],
  ['setCapacity', 'change'],
  ['deleteVolume', 'change'],
  ['snapshotDatabase', 'change'],
  ['missingOrders', 'read'],
  ['replicationState', 'read'],
  ['observeService', 'proof'],
]);

/** A page around some sentences; the marker says where the finding must be. */
export const page = (sentences: string, { leases = "['database/orders']", more = '' } = {}): string =>
  `import { runbook } from './kit/runbook.ts';
import { autoscaling, postgres, probes, rds, route53, storage } from './tools.ts';
${more}
export async function recover(plan: Plan) {
  const { database, service, from, to } = plan;
  return runbook(plan, { title: 'Recover', leases: ${leases} }, async (kit) => {
    const { phase, step, check, measure, gate, ask, watch, parallel } = kit;
${sentences}
  });
}
`;

/** Sentences that break no rule and end a page well. */
export const approved = "    await gate('Go on?', { facts });\n";
export const fenced =
  "    await step('Stop writes', () => postgres.fenceDatabase({ database, region: to }), { undo: () => postgres.unfenceDatabase({ database, region: to }) });\n";
export const lagSeen = "    await measure('Look at the lag', () => postgres.missingOrders({ service, region: to }));\n";
export const promoted = "    await step('Promote', () => rds.promoteDatabase({ database, region: to }), { pointOfNoReturn: true });\n";
export const watched = "    await watch('Watch', { read: () => probes.observeService({ service }), holds });\n";

/** Lints texts that are no files; `page.ts` is the page, all others are what it uses. */
export async function lintTexts(texts: Readonly<Record<string, string>>): Promise<LintResult> {
  const sources: Sources = {
    read: (path) => texts[path],
    list: (folder) => Object.keys(texts).filter((path) => path.startsWith(`${folder}/`)),
  };
  const typescript = await compiler();
  assert.ok(typescript);
  return lint(typescript, { files: ['page.ts'], sources, kinds, activities: 'activities', allTools: true });
}

/** The findings in short, e.g. `page.ts:12 undo-missing`. */
export const inShort = ({ findings }: LintResult): string[] => findings.map(({ file, line, rule }) => `${file}:${line} ${rule}`);

/** The line of the marker `/*!*\/`. */
export function markedLine(text: string): number {
  const line = text.split('\n').findIndex((each) => each.includes('/*!*/'));
  assert.notEqual(line, -1, 'no marker');
  return line + 1;
}

/** Exactly one finding, of that rule, at the marker. */
export async function assertFinds(rule: string, text: string, others: Readonly<Record<string, string>> = {}): Promise<LintResult> {
  const result = await lintTexts({ 'page.ts': text, ...others });
  const [file, marked] = Object.entries({ 'page.ts': text, ...others }).find(([, each]) => each.includes('/*!*/'))!;
  assert.deepEqual(inShort(result), [`${file}:${markedLine(marked)} ${rule}`]);
  return result;
}

/** No finding at all. */
export async function assertPasses(text: string, others: Readonly<Record<string, string>> = {}): Promise<void> {
  assert.deepEqual(inShort(await lintTexts({ 'page.ts': text, ...others })), []);
}
