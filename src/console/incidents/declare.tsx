import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { post } from '../client/api.ts';
import { useMe } from '../client/queries.ts';
import { bodyOf, Fields, firstValues, isWhole, type Field } from '../parts/fields.tsx';
import { Card, Told, Trouble } from '../parts/said.tsx';
import { useTitle } from '../shell/title.ts';

/** Says that there is an incident. The same words sent twice, because the first answer was lost, are one. */
export function DeclarePage() {
  const { environment } = useMe();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { incidentServices = [], severities = [] } = environment.names;
  const fields: Field[] = [
    { name: 'title', label: 'What is wrong', kind: 'line', needed: true, help: 'As customers or alerts say it: The shop is down' },
    { name: 'service', label: 'Service', kind: 'choice', needed: true, choices: incidentServices },
    { name: 'severity', label: 'Severity', kind: 'choice', needed: true, choices: severities, help: 'The most severe first' },
    { name: 'impact', label: 'What customers notice', kind: 'long' },
    { name: 'drill', label: 'This is an exercise', kind: 'yesNo', help: 'Every message says DRILL, and nobody is paged' },
  ];
  const [values, set] = useState(firstValues(fields));
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<{ bad: boolean; says: string }>();
  useTitle('Declare an incident');
  const declare = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setTold(undefined);
    try {
      const { number } = await post<{ number?: string }>('/api/incidents', bodyOf(fields, values), key);
      await client.invalidateQueries({ queryKey: ['incidents'] });
      if (number !== undefined) await navigate({ to: '/incidents/$number', params: { number } });
      else setTold({ bad: false, says: 'It is recorded, and gets its number as soon as a worker is there.' });
    } catch (error) {
      setTold({ bad: true, says: (error as Error).message });
    }
    setBusy(false);
  };
  return (
    <>
      <h1>Declare an incident</h1>
      <Card>
        <form className="stack" onSubmit={(event) => void declare(event)}>
          <Fields
            fields={fields}
            values={values}
            set={(changed) => {
              set(changed);
              setKey(crypto.randomUUID());
            }}
          />
          {told && (told.bad ? <Trouble>{told.says}</Trouble> : <Told>{told.says}</Told>)}
          <div className="row">
            <Button type="submit" size="md" color="red" loading={busy} disabled={!isWhole(fields, values)}>
              Declare
            </Button>
          </div>
        </form>
      </Card>
    </>
  );
}
