import assert from 'node:assert/strict';
import { approved, assertFinds, assertPasses, fenced, inShort, lagSeen, lintTexts, markedLine, page, promoted, watched } from './pages.ts';

describe('the lint: reading a page', () => {
  const kit = "import { postgres, rds, autoscaling } from '../tools.ts';\n";

  it('reads procedures in place, and names the place in the procedure', async () => {
    const text = page(`${approved}${lagSeen}    await promote(kit, plan);\n${watched}`, {
      more: "import { promote } from './procedures/promote.ts';",
    });
    const promote = `${kit}export async function promote({ step }: Kit, { database, to }: Plan) {\n  await step/*!*/('Promote', () => rds.promoteDatabase({ database, region: to }), { pointOfNoReturn: true });\n}\n`;
    const { findings } = await assertFinds('promotion-without-fence', text, { 'procedures/promote.ts': promote });
    assert.deepEqual(findings[0]?.pages, ['recover']);
  });

  it('follows what a procedure is given to where it comes from', async () => {
    const text = page(
      `${approved}    await stop(kit, { region: from });\n${fenced}${lagSeen}${promoted}    await step('Move', () => route53.shiftTraffic({ dns }));\n${watched}`,
      { more: "import { stop } from './procedures/stop.ts';" },
    );
    const stop = `${kit}export const stop = ({ step }: Kit, { region }: Where) =>\n  step/*!*/('Stop it', () => autoscaling.setCapacity({ service, region }), { undo });\n`;
    await assertFinds('impaired-region', text, { 'procedures/stop.ts': stop });
  });

  it('reads a function that is handed on where it is called', async () => {
    const text = page(`    await twice(kit, () => autoscaling.setCapacity({ service }));\n${watched}`, {
      more: "import { twice } from './procedures/twice.ts';",
    });
    const twice = "export async function twice({ step }: Kit, act: () => Promise<void>) {\n  await step/*!*/('Do it', act);\n}\n";
    await assertFinds('undo-missing', text, { 'procedures/twice.ts': twice });
  });

  it('reads each way of a table as a choice of its own', async () => {
    const text = page(`${approved}    await ways[plan.way](kit);\n${watched}`, { more: "import { ways } from './procedures/ways.ts';" });
    const ways = `${kit}export const ways = {\n  traffic: ({ step }: Kit) => step('Move', () => route53.shiftTraffic({ dns }), { undo }),\n  database: async ({ step, measure }: Kit) => {\n${fenced}${lagSeen}${promoted}  },\n};\n`;
    await assertPasses(text, { 'procedures/ways.ts': ways });
  });

  it('sees every tool that a choice can lead to', async () => {
    const more = `const easy = { grow: (asked) => autoscaling.setCapacity(asked) };
const hard = { grow: (asked) => storage.deleteVolume(asked) };
const workloadOf = (platform) => (platform === 'easy' ? easy : hard);`;
    const text = page(
      `    const load = workloadOf(plan.platform);\n    await step/*!*/('Grow', () => load.grow({ service }), { undo });\n${watched}`,
      { more },
    );
    await assertFinds('irreversible-without-gate', text);
  });

  it('reads options that were written down before', async () => {
    const undo = '    const back = found ? {} : { undo: () => autoscaling.setCapacity(before) };\n';
    await assertPasses(page(`${undo}    await step('Grow', () => autoscaling.setCapacity({ service }), back);\n${watched}`));
  });

  it('takes what comes after an early way out as standing under its opposite', async () => {
    const stop = "    await step/*!*/('Stop it there', () => autoscaling.setCapacity({ service, region: from }), { undo });\n";
    const rest = `${approved}${fenced}${lagSeen}${promoted}    await step('Move people', () => route53.shiftTraffic({ dns }));\n${watched}`;
    await assertPasses(page(`    if (!old.reachable) return;\n${stop}${rest}`));
    await assertFinds('impaired-region', page(`    if (!old.reachable) note();\n${stop}${rest}`));
    const gated = "export async function maybe({ gate }: Kit) {\n  if (small) return;\n  await gate('Go on?', { facts });\n}\n";
    const last = "    await step/*!*/('Cross', () => storage.deleteVolume({ id }));\n";
    const text = page(`    await maybe(kit);\n${last}${watched}`, { more: "import { maybe } from './procedures/maybe.ts';" });
    await assertFinds('irreversible-without-gate', text, { 'procedures/maybe.ts': gated });
  });

  it('does not end in a procedure that calls itself', async () => {
    const again = 'export async function again({ step }: Kit) {\n  await again({ step });\n}\n';
    await assertPasses(page('    await again(kit);\n', { more: "import { again } from './procedures/again.ts';" }), {
      'procedures/again.ts': again,
    });
  });

  it('says so when a file is not there', async () => {
    await assert.rejects(lintTexts({}), /page\.ts is not there/);
  });
});

describe('the lint: reasons in the page', () => {
  const grow = "    await step('Grow', () => autoscaling.setCapacity({ service }));\n";

  it('accepts a finding that has a reason above it, and lists the reason', async () => {
    const result = await lintTexts({ 'page.ts': page(`    // lint-allow undo-missing: it shrinks by itself\n${grow}${watched}`) });
    assert.deepEqual(inShort(result), []);
    assert.deepEqual(
      result.accepted.map(({ rule, reason }) => ({ rule, reason })),
      [{ rule: 'undo-missing', reason: 'it shrinks by itself' }],
    );
  });

  it('accepts one beside it, one over several comments, and one where the page calls the procedure', async () => {
    await assertPasses(page(`${grow.trimEnd()} // lint-allow undo-missing: it shrinks by itself\n${watched}`));
    await assertPasses(page(`    // lint-allow undo-missing: it shrinks by itself\n    // More words.\n${grow}${watched}`));
    const text = page(`    // lint-allow undo-missing: it shrinks by itself\n    await growIt(kit);\n${watched}`, {
      more: "import { growIt } from './procedures/grow.ts';",
    });
    await assertPasses(text, {
      'procedures/grow.ts': `import { autoscaling } from '../tools.ts';\nexport const growIt = async ({ step }: Kit) => {\n${grow}};\n`,
    });
  });

  it('finds a reason that is missing, and then accepts nothing', async () => {
    const text = page(`    // lint-allow undo-missing\n${grow.replace('step(', 'step/*!*/(')}${watched}`);
    assert.deepEqual(inShort(await lintTexts({ 'page.ts': text })).sort(), [
      `page.ts:${markedLine(text)} allow-without-reason`,
      `page.ts:${markedLine(text)} undo-missing`,
    ]);
  });

  it('finds a reason that accepts nothing', async () => {
    await assertFinds('allow-unused', page(`    // lint-allow undo-missing: of old\n    await check/*!*/('Look', () => look());\n`));
  });

  it('lets a reason above the whole page speak of the page only, not of its acts', async () => {
    const above = (rule: string, text: string) => text.replace('  return runbook', `  // lint-allow ${rule}: so it is\n  return runbook`);
    await assertPasses(above('missing-lease', page(approved + fenced + lagSeen + promoted + watched, { leases: '[]' })));
    const both = await lintTexts({ 'page.ts': above('undo-missing', page(grow + watched)) });
    assert.deepEqual(new Set(both.findings.map(({ rule }) => rule)), new Set(['allow-unused', 'undo-missing']));
    const all = page(grow + watched, { leases: '[]' }).replace(
      '  return runbook',
      '  // lint-allow-page undo-missing, missing-lease: so it is\n  return runbook',
    );
    await assertPasses(all);
  });

  it('accepts what every page needs from a tool where the tool is made', async () => {
    const made = (above: string) => ({
      'activities/records.ts': `export const tools = {\n${above}  shiftTraffic: change({ predict: () => aws.predicted('route53', 'global', shift()), prove: () => look() }),\n};`,
    });
    const text = page(
      `${approved}${fenced}${lagSeen}${promoted}    await step/*!*/('Move', () => route53.shiftTraffic({ dns }));\n${watched}`,
    );
    await assertFinds('global-control-plane', text, made(''));
    await assertPasses(text, made('  // lint-allow global-control-plane: there is no other way\n'));
  });
});
