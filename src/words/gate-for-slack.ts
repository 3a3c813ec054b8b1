import { factValue } from './facts.ts';
import { safeLine } from './safe.ts';
import { gateMarks, verdictMarks, wordOf } from './states.ts';
import { timeOfDay } from './times.ts';

/** As much of a gate as Slack shows. */
export interface GateForSlack {
  run: string;
  title: string;
  gate: {
    id: string;
    question: string;
    of: string;
    quorum: number;
    state: string;
    digest: string;
    facts: readonly (Parameters<typeof factValue>[0] & { name: string })[];
    decisions: readonly { decision: 'approve' | 'decline'; by: string; at: string; channel: string }[];
    escalations: readonly { to: string }[];
    cannotBeUndone?: string | undefined;
  };
}

/** Ids of the buttons. */
export const gateButtons = { approve: 'muster-approve', decline: 'muster-decline' } as const;

const longest = { section: 2_900, value: 2_000, question: 250 };

/**
 * A gate as Slack's blocks: the question, the facts with the bad ones first, how it stands, and two buttons while it is open, which carry the ids of
 * run and gate and the digest of the facts, nothing else. All of it is plain text, so that nothing in it is a link or rings anybody.
 */
export function gateForSlack(
  shown: GateForSlack,
  headline = `[${shown.title}] ${shown.gate.question}`,
): { text: string; blocks: object[] } {
  const { gate } = shown;
  const standing = [
    ...gate.decisions.map(decided),
    ...(gate.state === 'open' ? [waits(gate)] : [`It is ${wordOf(gateMarks, gate.state)}.`]),
  ];
  const facts = gate.state === 'open' ? factLines(gate.facts) : [];
  const final = gate.cannotBeUndone && gate.state === 'open' ? [`Cannot be undone: ${safeLine(gate.cannotBeUndone)}`] : [];
  const sections = [[headline], facts, final, standing].filter((lines) => lines.length > 0).map((lines) => section(lines.join('\n')));
  return { text: [headline, ...standing].join('\n'), blocks: [...sections, ...buttons(shown)] };
}

function factLines(facts: GateForSlack['gate']['facts']): string[] {
  const order = ['bad', 'unknown', 'notTried', 'good', undefined];
  const sorted = [...facts].sort((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict));
  return sorted.map((fact) => {
    const mark = Object.entries(verdictMarks).find(([verdict]) => verdict === (fact.verdict ?? 'none'))?.[1];
    return safeLine(`${mark ? `${mark.icon} ` : ''}${fact.name}: ${factValue(fact)}`, 300);
  });
}

function decided({ decision, by, at, channel }: GateForSlack['gate']['decisions'][number]): string {
  return `${by} ${gateMarks[decision === 'approve' ? 'approved' : 'declined'].word} at ${timeOfDay(at)} (${channel})`;
}

function waits({ quorum, of, escalations, decisions }: GateForSlack['gate']): string {
  const asked = [of, ...escalations.map(({ to }) => to)].join(' or ');
  return `Waits for ${quorum} of ${asked} (${decisions.length} of ${quorum}).`;
}

const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const section = (text: string): object => ({ type: 'section', text: plain(cut(text, longest.section)) });

function buttons({ run, gate: { id, digest, question, cannotBeUndone, state } }: GateForSlack): object[] {
  const value = JSON.stringify({ run, gate: id, digest });
  if (state !== 'open' || value.length > longest.value) return [];
  const final = cannotBeUndone ? ' It cannot be undone.' : '';
  const button = (act: keyof typeof gateButtons, word: string, style: string, end: string) => ({
    ...{ type: 'button', action_id: gateButtons[act], style, value, text: plain(word) },
    confirm: { title: plain(`${word}?`), text: plain(cut(question, longest.question) + end), confirm: plain(word), deny: plain('Not yet') },
  });
  return [{ type: 'actions', elements: [button('approve', 'Approve', 'primary', final), button('decline', 'Decline', 'danger', '')] }];
}
