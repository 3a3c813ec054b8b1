import { may } from '../client/queries.ts';
import type { GateView, Me, RunView } from '../client/types.ts';

export interface Standing {
  approve: boolean;
  decline: boolean;
  /** Whether this person counts here, and why not. */
  says: string;
}

/** The duties that a gate asks by now, the first one first. */
export const askedBy = ({ of, escalations }: GateView): string[] => [of, ...escalations.map(({ to }) => to)];

/** How many have approved. */
export const approvalsOf = ({ decisions }: GateView): number => decisions.filter(({ decision }) => decision === 'approve').length;

/** What a gate makes of the person who looks at it; the API decides, this only says it before. */
export function standingOf(gate: GateView, { requestedBy, verbs }: RunView, me: Me): Standing {
  const none = (says: string): Standing => ({ approve: false, decline: false, says });
  const [asked, approved] = [askedBy(gate), approvalsOf(gate)];
  const mine = gate.decisions.find(({ by }) => by === me.subject);
  if (gate.state !== 'open') return none(`This gate is ${gate.state}.`);
  if (mine) return none(`You have decided here: ${mine.decision}. ${approved} of ${gate.quorum} have approved.`);
  if (!may(me, 'approver')) return none(`You may look. To decide needs the role approver; you have ${me.roles.join(', ')}.`);
  if (!me.duties.some((duty) => asked.includes(duty))) return none(`You do not count here: the gate asks ${asked.join(' or ')}.`);
  const [approve, decline] = [verbs.includes('approve'), verbs.includes('decline')];
  if (requestedBy === me.subject) return { approve: false, decline, says: 'You may not approve: you asked for this run. You may decline.' };
  const more = gate.quorum - approved - 1;
  const rest = more > 0 ? `After you ${more} more must approve.` : 'Your approval is enough.';
  return { approve, decline, says: `You count: you would be ${approved + 1} of ${gate.quorum}. ${rest}` };
}
