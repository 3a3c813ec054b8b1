import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { post } from '../client/api.ts';
import { may, useMe } from '../client/queries.ts';
import type { IncidentView } from '../client/types.ts';
import { bodyOf, Fields, firstValues, isWhole } from '../parts/fields.tsx';
import { Card, Told, Trouble } from '../parts/said.tsx';
import { askForms, type AskForm } from './commands.ts';

/** In the order in which an incident needs them; the first is the one to do now. */
const order = [
  'acknowledge',
  'declare',
  'mitigate',
  'resolve',
  'update',
  'role',
  'severity',
  'note',
  'attest',
  'review',
  'action',
  'done',
  'tick',
  'close',
  'reopen',
  'dismiss',
];
const first = new Set(['acknowledge', 'mitigate', 'resolve', 'close']);

/** What can be asked of an incident now. */
export function Asks({ incident }: { incident: IncidentView }) {
  const me = useMe();
  const [open, setOpen] = useState<string>();
  const [told, setTold] = useState<string>();
  const forms = askForms(incident);
  const undone = incident.actions.some(({ doneAt }) => doneAt === undefined);
  const taken = order.filter((name) => (name === 'done' ? undone && incident.signals.includes('action') : incident.signals.includes(name)));
  if (!may(me, 'responder')) return <p className="quiet">You may look. To act needs the role responder.</p>;
  return (
    <Card>
      <div className="row">
        {taken.map((name) => (
          <Button key={name} variant={first.has(name) ? 'filled' : 'default'} onClick={() => setOpen(name)}>
            {forms[name]!.title}
          </Button>
        ))}
      </div>
      {told !== undefined && <Told>{told}</Told>}
      {open !== undefined && (
        <Ask
          key={open}
          number={incident.number}
          name={open === 'done' ? 'action' : open}
          form={forms[open]!}
          close={() => setOpen(undefined)}
          told={setTold}
        />
      )}
    </Card>
  );
}

interface AskProps {
  number: string;
  name: string;
  form: AskForm;
  close: () => void;
  told: (says: string) => void;
}

function Ask({ number, name, form: { title, fields }, close, told }: AskProps) {
  const [values, set] = useState(firstValues(fields));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const send = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const { status } = await post<{ status: string }>(`/api/incidents/${number}/signals/${name}`, bodyOf(fields, values));
      told(`${title}: ${status}`);
      close();
    } catch (error) {
      setProblem((error as Error).message);
    }
    setBusy(false);
  };
  return (
    <Modal opened onClose={close} title={title} lockScroll={false} centered closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className="stack">
        <Fields fields={fields} values={values} set={set} />
        {problem !== undefined && <Trouble>{problem}</Trouble>}
        <div className="apart">
          <Button size="md" variant="default" onClick={close}>
            Back
          </Button>
          <Button size="md" loading={busy} disabled={!isWhole(fields, values)} onClick={() => void send()}>
            {title}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
