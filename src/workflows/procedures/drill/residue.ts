import { cloudwatch, drills, releases } from '../../tools.ts';
import { fact } from '../../facts/facts.ts';
import type { Kit } from '../../kit/kit.ts';
import { notTried, proving } from '../../kit/scope.ts';
import type { Drill, EstateReading, Residue } from '../../plans/drill-plan.ts';
import { workloadOf } from '../../ports/workload.ts';
import { gateOf } from '../approval.ts';

/** Remembers how everything is; should the exercise be undone, says what is another then. */
export async function lookAround({ step, keep }: Kit): Promise<EstateReading> {
  let before: EstateReading = {};
  const read = async () => {
    before = await drills.readEstate({});
    keep('before', before);
    return `${Object.keys(before).length} lines`;
  };
  const compare = async () => {
    keep('residue', differences(before, await drills.readEstate({})));
  };
  await step('Remember how everything is', read, { undo: compare });
  return before;
}

/** Gives services their size back and lets deliveries go on, where the exercise left them otherwise. */
export async function putBack({ step, measure }: Kit, { practice }: Drill, before: EstateReading): Promise<void> {
  const look = () => proving(async () => differences(before, await drills.readEstate({})));
  const found = await measure('Look what must be put back', look, (seen) => (seen ? sayResidue(seen) : notTried));
  for (const { what, before: was } of found ?? []) {
    const [, of, name, region] = /^(size|deliveries|alarms) of (\S+) (?:in|to) (\S+)$/.exec(what) ?? [];
    if (name === undefined || region === undefined || was === null) continue;
    const where = { service: name, region };
    const load = workloadOf(practice?.onKubernetes.includes(`${name}/${region}`) ? 'kubernetes' : 'autoscaling');
    // lint-allow undo-missing: all of these are the way back
    if (of === 'size')
      await step(`Give ${name} in ${region} its size back`, () => load.setCapacity({ ...where, desired: parseInt(was, 10) }));
    // lint-allow undo-missing: all of these are the way back
    else if (of === 'deliveries') await step(`Let deliveries of ${name} to ${region} go on`, () => releases.resumeDelivery(where));
    // lint-allow irreversible-without-gate: there were none before, and the environment says how they are made
    else if (was.startsWith('0 of'))
      await step(`Take the alarms off ${name} in ${region}`, () => cloudwatch.removeAlarms({ database: name, region }));
  }
}

/** Takes away what the exercise made, when people agree, and says what is left. */
export async function cleanUp(kit: Kit, plan: Drill, before: EstateReading): Promise<Residue[]> {
  const { measure, ask, step, keep } = kit;
  const look = (sentence: string) => measure(sentence, async () => differences(before, await drills.readEstate({})), sayResidue);
  const found = await look('Look what is another than before');
  const made = found.flatMap(({ what, before: was }) => (was === null ? (leftoverOf(what, before) ?? []) : []));
  if (made.length > 0) {
    const facts = () =>
      Promise.resolve(
        made.map(({ kind, region, name }) =>
          fact(`${kind} ${name} in ${region}`, 'is deleted', 'made or set aside by the exercise', { verdict: 'bad' }),
        ),
      );
    const answer = await ask(
      'Delete for good what the exercise made and set aside?',
      gateOf(plan.approval, facts, { cannotBeUndone: 'Their data is gone' }),
    );
    if (answer === 'approved')
      for (const leftover of made)
        // lint-allow undo-missing: people agreed that it goes for good
        await step(`Delete the ${leftover.kind} ${leftover.name} in ${leftover.region}`, () => drills.removeLeftover(leftover));
  }
  const residue = found.length === 0 ? found : await look('Look what is left behind');
  keep('residue', residue);
  return residue;
}

/** Lines that are another, came, or went. */
export function differences(before: EstateReading, now: EstateReading): Residue[] {
  const all = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return all.map((what) => ({ what, before: before[what] ?? null, now: now[what] ?? null })).filter((line) => line.before !== line.now);
}

export const sayResidue = (residue: readonly Residue[]): string =>
  residue.map(({ what, before, now }) => `${what}: ${before ?? 'not there'} → ${now ?? 'gone'}`).join('; ') || 'nothing';

/** A database or a snapshot that was not there, from its line. */
function leftoverOf(line: string, before: EstateReading) {
  const [, kind, region, name] = /^(database|snapshot) ([^/]+)\/(.+)$/.exec(line) ?? [];
  if (name === undefined || region === undefined) return undefined;
  const prefix = `${kind} ${region}/`;
  const there = Object.keys(before).flatMap((one) => (one.startsWith(prefix) ? [one.slice(prefix.length)] : []));
  return { kind: kind as 'database' | 'snapshot', region, name, before: there };
}
