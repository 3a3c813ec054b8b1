import { Link } from '@tanstack/react-router';
import { count } from '../../words/amounts.ts';
import { duration } from '../../words/durations.ts';
import { stepMarks } from '../../words/states.ts';
import type { RunView, StepView } from '../client/types.ts';
import { Chip } from '../parts/mark.tsx';
import { Card } from '../parts/said.tsx';
import { Since } from '../parts/time.tsx';

function Calls({ step }: { step: StepView }) {
  const { evidence, predicted } = step;
  const all = evidence.length + predicted.length;
  if (all === 0) return null;
  return (
    <details>
      <summary>{count(all, 'call')}</summary>
      <ul className="calls">
        {evidence.map((one, index) => (
          <li key={index}>
            {one.ok ? '✔' : '✖'} {one.call} → {one.outcome}
            <span className="quiet">
              {' '}
              {duration(one.ms)}
              {one.attempt > 1 && `, attempt ${one.attempt}`}
              {one.times !== undefined && `, ${one.times} times`}
            </span>
          </li>
        ))}
        {predicted.map(({ call }, index) => (
          <li key={`would ${index}`}>would call {call}</li>
        ))}
      </ul>
    </details>
  );
}

/** What came of a step, and what it called. */
export function Step({ step }: { step: StepView }) {
  return (
    <li className="step" id={`step-${step.id}`}>
      <div className="row">
        <Chip of={step.state} marks={stepMarks} />
        <span className="title">{step.title}</span>
        <span className="quiet">
          {step.endedAt ? duration(Date.parse(step.endedAt) - Date.parse(step.startedAt)) : <Since at={step.startedAt} />}
        </span>
      </div>
      {step.outcome !== undefined && <p>{step.outcome}</p>}
      {step.failure && (
        <p className="never">
          {step.failure.name}: {step.failure.message}
        </p>
      )}
      {(step.tries > 1 || step.pointOfNoReturn || step.child !== undefined) && (
        <p className="quiet">
          {step.tries > 1 && `Try ${step.tries}. `}
          {step.pointOfNoReturn && 'Point of no return. '}
          {step.child !== undefined && (
            <Link to="/runs/$runId" params={{ runId: step.child }}>
              Its own run
            </Link>
          )}
        </p>
      )}
      <Calls step={step} />
    </li>
  );
}

/** All steps so far, by phase; the newest phase is open, those before it are too unless there are many. */
export function Steps({ view }: { view: RunView }) {
  const phases = new Map<string, StepView[]>();
  for (const step of view.steps) phases.set(step.phase, [...(phases.get(step.phase) ?? []), step]);
  if (phases.size === 0) return null;
  return (
    <Card title="Steps">
      <ol className="plain">
        {[...phases].map(([phase, steps], index) => (
          <li key={phase}>
            <h3>
              {index + 1}. {phase}
            </h3>
            <ul className="tree">
              {steps.map((step) => (
                <Step key={step.id} step={step} />
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </Card>
  );
}
