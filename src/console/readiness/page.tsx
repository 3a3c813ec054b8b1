import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { findingMarks, planMarks } from '../../words/states.ts';
import { post } from '../client/api.ts';
import { may, readinessQuery, useMe } from '../client/queries.ts';
import type { ReadyPlan } from '../client/types.ts';
import { Chip } from '../parts/mark.tsx';
import { Card, Told, Trouble, Waiting } from '../parts/said.tsx';
import { At, Since, Until } from '../parts/time.tsx';
import { useTitle } from '../shell/title.ts';

/** Whether the recovery plans would work, and what stands in their way. */
export function ReadinessPage() {
  const me = useMe();
  const client = useQueryClient();
  const { data, error } = useQuery(readinessQuery);
  const [told, setTold] = useState<{ bad: boolean; says: string }>();
  useTitle('Readiness');
  if (!data) return error ? <Trouble>{error.message}</Trouble> : <Waiting />;
  const look = async () => {
    try {
      await post('/api/readiness/evaluate', {});
      setTold({ bad: false, says: 'All plans are looked at now; nothing is changed.' });
      await client.invalidateQueries({ queryKey: ['readiness'] });
    } catch (refusal) {
      setTold({ bad: true, says: (refusal as Error).message });
    }
  };
  return (
    <>
      <h1>Readiness</h1>
      <div className="row">
        <span className="quiet">
          {data.at === null ? (
            'Nobody has looked yet.'
          ) : (
            <>
              Looked at <Since at={data.at} /> ago, because {data.because}.
            </>
          )}{' '}
          {data.nextAt !== null && (
            <>
              Next look in <Until at={data.nextAt} />.
            </>
          )}
        </span>
        {may(me, 'responder') && (
          <Button variant="default" loading={data.looking} onClick={() => void look()}>
            Look now
          </Button>
        )}
      </div>
      {told && (told.bad ? <Trouble>{told.says}</Trouble> : <Told>{told.says}</Told>)}
      {data.plans.length === 0 && <p className="quiet">This environment names no recovery plans to look at.</p>}
      {data.plans.map((plan) => (
        <Plan key={plan.name} plan={plan} />
      ))}
    </>
  );
}

function Plan({ plan }: { plan: ReadyPlan }) {
  const wrong = plan.findings.filter(({ state }) => state !== 'ok');
  const right = plan.findings.filter(({ state }) => state === 'ok');
  return (
    <Card
      title={
        <>
          {plan.title} <Chip of={plan.state} marks={planMarks} /> {plan.score && <span className="quiet">{plan.score.points} of 100</span>}
        </>
      }
    >
      <p className="quiet">
        {plan.notNow ??
          (plan.practice ? (
            <>
              Last done well <At at={plan.practice.at} day />.
            </>
          ) : (
            'Never done well.'
          ))}{' '}
        <Link to="/start/$runbook" params={{ runbook: plan.runbook }}>
          {plan.runbook}
        </Link>
      </p>
      <Findings of={wrong} />
      {right.length > 0 && (
        <details>
          <summary>{right.length} hold</summary>
          <Findings of={right} />
        </details>
      )}
      {plan.score && plan.score.parts.length > 0 && (
        <details>
          <summary>What the score is made of</summary>
          <ul className="plain">
            {plan.score.parts.map(({ part, factor, why }) => (
              <li key={part}>
                × {factor} {part}: {why}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Card>
  );
}

const Findings = ({ of }: { of: ReadyPlan['findings'] }) => (
  <ul className="list">
    {of.map((finding) => (
      <li key={`${finding.check} ${finding.resource}`}>
        <Chip of={finding.state} marks={findingMarks} /> {finding.resource}: needs {finding.needed}, has {finding.have}
        {finding.says !== undefined && <span className="quiet"> {finding.says}</span>}{' '}
        <span className="quiet">
          since <At at={finding.since} day />
        </span>
      </li>
    ))}
  </ul>
);
