import type { IncidentView } from '../client/types.ts';
import type { Field } from '../parts/fields.tsx';

export interface AskForm {
  title: string;
  fields: Field[];
}

const named = (list: readonly { name: string; title: string }[]) => list.map(({ name }) => name);

/** What can be asked of an incident, with what each asks for; the API says which of them it would take now. */
export function askForms({
  policy,
  people,
  verification,
  reviews,
  closing,
  actions,
  drafts,
  severity,
}: IncidentView): Record<string, AskForm> {
  const subjects = people.map(({ subject }) => subject);
  const others = policy.severities.map(({ name }) => name).filter((name) => name !== severity);
  const open = actions.filter(({ doneAt }) => doneAt === undefined).map(({ id }) => id);
  const why: Field = { name: 'reason', label: 'Why', kind: 'line', needed: true };
  return {
    acknowledge: { title: 'Acknowledge', fields: [] },
    declare: {
      title: 'It is an incident',
      fields: [{ name: 'severity', label: 'Severity', kind: 'choice', choices: policy.severities.map(({ name }) => name) }],
    },
    dismiss: { title: 'It is no incident', fields: [why] },
    mitigate: { title: 'Customers are no longer hurt', fields: [{ name: 'how', label: 'How', kind: 'long', needed: true }] },
    resolve: {
      title: 'Resolve',
      fields: [
        { name: 'resolution', label: 'What ended it', kind: 'long', needed: true },
        { name: 'cause', label: 'Cause, as far as it is known', kind: 'long' },
        { name: 'unfreeze', label: 'Let deliveries go on that runs of this incident hold', kind: 'yesNo' },
      ],
    },
    update: {
      title: 'Send an update',
      fields: [
        {
          name: 'audience',
          label: 'To',
          kind: 'choice',
          needed: true,
          choices: ['internal', 'customers'],
          help: `The draft to customers: ${drafts.customers.text.slice(0, 140)}`,
        },
        { name: 'progress', label: 'What has been done', kind: 'long' },
        { name: 'nextSteps', label: 'What comes next', kind: 'long' },
        {
          name: 'text',
          label: 'Exactly this text, instead of the draft',
          kind: 'long',
          help: `The draft to the team: ${drafts.internal.text.slice(0, 140)}`,
        },
      ],
    },
    role: {
      title: 'Give a role',
      fields: [
        { name: 'role', label: 'Role', kind: 'choice', needed: true, choices: named(policy.roles) },
        { name: 'subject', label: 'To', kind: 'choice', needed: true, choices: subjects },
      ],
    },
    severity: {
      title: 'Another severity',
      fields: [{ name: 'severity', label: 'Severity', kind: 'choice', needed: true, choices: others }, why],
    },
    note: { title: 'Note', fields: [{ name: 'text', label: 'Note', kind: 'long', needed: true }] },
    attest: {
      title: 'Answer for a line of the verification',
      fields: [
        { name: 'line', label: 'Line', kind: 'choice', needed: true, choices: verification.map(({ name }) => name) },
        { name: 'good', label: 'It is good', kind: 'yesNo' },
        { name: 'note', label: 'What you saw', kind: 'long', needed: true },
      ],
    },
    review: {
      title: 'A review was held',
      fields: [
        { name: 'review', label: 'Review', kind: 'choice', needed: true, choices: named(reviews) },
        { name: 'notes', label: 'What came of it', kind: 'long', needed: true },
      ],
    },
    action: {
      title: 'New action item',
      fields: [
        { name: 'text', label: 'What', kind: 'line', needed: true },
        { name: 'owner', label: 'Who', kind: 'choice', needed: true, choices: subjects },
        { name: 'dueAt', label: 'Until', kind: 'day', needed: true },
      ],
    },
    done: { title: 'An action item is done', fields: [{ name: 'done', label: 'Which', kind: 'choice', needed: true, choices: open }] },
    tick: {
      title: 'Tick a line of the closing list',
      fields: [
        { name: 'line', label: 'Line', kind: 'choice', needed: true, choices: named(closing.filter(({ done }) => !done)) },
        { name: 'note', label: 'Note', kind: 'line' },
      ],
    },
    reopen: { title: 'Open it again', fields: [why] },
    close: { title: 'Close', fields: [] },
  };
}
