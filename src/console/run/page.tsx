import { Link } from '@tanstack/react-router';
import { Button } from '@mantine/core';
import { useLive } from '../client/live.ts';
import { useMe } from '../client/queries.ts';
import type { Me, RunView } from '../client/types.ts';
import { Card, Trouble, Waiting } from '../parts/said.tsx';
import { useNamed } from '../shell/address.ts';
import { useTitle } from '../shell/title.ts';
import { Decide } from './decide.tsx';
import { Figures } from './figures.tsx';
import { GateCard } from './gate.tsx';
import { RunHead } from './head.tsx';
import { Step, Steps } from './steps.tsx';
import { Messages, Note, Timeline } from './timeline.tsx';
import { Verbs } from './verbs.tsx';

/** One run as it happens: what is decided and what failed come first, then everything else. */
export function RunPage({ only }: { only?: 'gate' }) {
  const { runId } = useNamed();
  const me = useMe();
  const path = `/api/runs/${encodeURIComponent(runId)}`;
  const { data: view, error, connection } = useLive<RunView>(['run', runId], path);
  useTitle(view?.title);
  if (!view) return error ? <Trouble>{error.message}</Trouble> : <Waiting />;
  const gate = view.gates.find(({ state }) => state === 'open');
  return (
    <div className={gate ? 'run with-gate' : 'run'}>
      <RunHead view={view} me={me} connection={connection} short={only === 'gate'} />
      {connection.state === 'interrupted' && (
        <Trouble>
          The live view is interrupted and comes back by itself. The command line does the same: <code>./muster watch {view.runId}</code>
        </Trouble>
      )}
      {connection.state === 'problem' && <Trouble>{connection.detail}</Trouble>}
      <p className="unseen" aria-live="polite">
        {view.status}
      </p>
      {view.endedAt && <Ended view={view} />}
      <Failed view={view} me={me} />
      {gate && <GateCard gate={gate} view={view} me={me} />}
      {only === 'gate' ? <OnlyGate view={view} open={gate !== undefined} /> : <Rest view={view} me={me} />}
      {gate && <Decide key={gate.id} gate={gate} view={view} me={me} />}
    </div>
  );
}

const OnlyGate = ({ view, open }: { view: RunView; open: boolean }) => (
  <p>
    {!open && 'Nothing is to be decided now. '}
    <Link to="/runs/$runId" params={{ runId: view.runId }}>
      The whole run
    </Link>
  </p>
);

function Rest({ view, me }: { view: RunView; me: Me }) {
  const past = view.gates.filter(({ state }) => state !== 'open');
  return (
    <>
      <Steps view={view} />
      <Timeline view={view} />
      {past.length > 0 && (
        <details>
          <summary>Decisions ({past.length})</summary>
          {past.map((one) => (
            <GateCard key={one.id} gate={one} view={view} me={me} />
          ))}
        </details>
      )}
      <Messages view={view} />
      <Note view={view} me={me} />
      <About view={view} />
    </>
  );
}

/** Figures first, then the report. */
function Ended({ view }: { view: RunView }) {
  return (
    <>
      <p className="status">{view.status}</p>
      {view.mode === 'live' && (view.measures['outage'] !== undefined || view.measures['lost'] !== undefined) && <Figures view={view} />}
      <div className="row">
        <Button component="a" href={`/api/runs/${encodeURIComponent(view.runId)}/report`} target="_blank" rel="noreferrer">
          Report
        </Button>
        {view.successor !== undefined && (
          <Link to="/runs/$runId" params={{ runId: view.successor }}>
            It went on in another run
          </Link>
        )}
      </div>
    </>
  );
}

function Failed({ view, me }: { view: RunView; me: Me }) {
  if (view.state !== 'pausedByFailedStep' && view.state !== 'compensationFailed') return null;
  const failed = view.steps.filter(({ state }) => state === 'failed' || state === 'compensationFailed').slice(-1);
  return (
    <Card title="A step has failed, and the run waits for you" className="failed">
      <ul className="plain">
        {failed.map((step) => (
          <Step key={step.id} step={step} />
        ))}
      </ul>
      <p className="quiet">
        Retry does it again. Skip goes on without it. Undo takes back what was done. Abort leaves everything as it is.
      </p>
      <Verbs view={view} me={me} of={['retryStep', 'skipStep', 'undo', 'abort']} size="md" />
    </Card>
  );
}

/** Who asked, why, and what it belongs to. */
const About = ({ view }: { view: RunView }) => (
  <Card title="About this run">
    <p>
      {view.requestedBy} asked for it: {view.reason}
    </p>
    <p className="quiet">
      {view.environment} · {view.runId}
      {view.leases.length > 0 && ` · holds ${view.leases.join(', ')}`}
    </p>
    {view.incident !== undefined && (
      <p>
        Incident{' '}
        <Link to="/incidents/$number" params={{ number: view.incident }}>
          {view.incident}
        </Link>
      </p>
    )}
    {view.parent !== undefined && (
      <p>
        Part of{' '}
        <Link to="/runs/$runId" params={{ runId: view.parent }}>
          {view.parent}
        </Link>
      </p>
    )}
  </Card>
);
