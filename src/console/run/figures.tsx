import { grouped } from '../../words/amounts.ts';
import { duration, durationOr } from '../../words/durations.ts';
import type { RunView } from '../client/types.ts';
import { measuresOf } from './commands.ts';

/** What a run has cost, as its report begins; what nobody measured is no number. */
export function Figures({ view }: { view: RunView }) {
  const { outage, lost, targets } = measuresOf(view);
  const decided = view.gates.reduce((sum, gate) => sum + (gate.decidedAt ? Date.parse(gate.decidedAt) - Date.parse(gate.openedAt) : 0), 0);
  const target = (ms: number | undefined, actual: number | undefined, over = true) =>
    ms === undefined ? '' : `target ${duration(ms)}${actual === undefined ? '' : actual > ms ? ': missed' : over ? ': met' : ''}`;
  const tiles = [
    {
      name: 'Customers waited',
      value: `${durationOr(outage?.totalMs)}${outage && !outage.over ? ', and still do' : ''}`,
      note: target(targets?.rtoMs, outage?.totalMs, outage?.over),
    },
    {
      name: 'Work lost',
      value: durationOr(lost?.count === 0 ? 0 : lost?.lostMs),
      note: target(targets?.rpoMs, lost?.count === 0 ? 0 : lost?.lostMs),
    },
    { name: 'Orders lost', value: typeof lost?.count === 'number' ? grouped(lost.count) : 'not counted', note: '' },
    {
      name: 'People took to decide',
      value: duration(decided),
      note: `the run took ${duration(Date.parse(view.endedAt!) - Date.parse(view.startedAt))}`,
    },
  ];
  return (
    <dl className="figures">
      {tiles.map(({ name, value, note }) => (
        <div className="card" key={name}>
          <dt>{name}</dt>
          <dd className="figure">{value}</dd>
          {note !== '' && <dd className="quiet">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
