import { factValue } from '../../words/facts.ts';
import { verdictMarks } from '../../words/states.ts';
import type { Fact, GateView } from '../client/types.ts';
import { Chip } from '../parts/mark.tsx';
import { Age, At } from '../parts/time.tsx';

const order = { bad: 0, unknown: 1, notTried: 2, good: 3 };
const rank = ({ verdict }: Fact) => (verdict ? order[verdict] : 4);

/** What a decision rests on, the worst first; while the gate is open every reading shows its age. */
export function Facts({ gate }: { gate: GateView }) {
  const facts = [...gate.facts].sort((a, b) => rank(a) - rank(b));
  return (
    <table className="facts">
      <caption title={gate.digest}>
        Facts, reading {gate.round}
        {gate.state === 'open' && '; all are read again when somebody approves, and when they changed nobody has approved'}
      </caption>
      <thead className="unseen">
        <tr>
          <th scope="col">Verdict</th>
          <th scope="col">What</th>
          <th scope="col">Value</th>
          <th scope="col">Read where and when</th>
        </tr>
      </thead>
      <tbody>
        {facts.map((fact) => (
          <tr key={fact.id} data-verdict={fact.verdict}>
            <td>{fact.verdict ? <Chip of={fact.verdict} marks={verdictMarks} /> : <span className="quiet">for information</span>}</td>
            <th scope="row">{fact.name}</th>
            <td className="value">{factValue(fact)}</td>
            <td className="quiet">
              {fact.source}, {gate.state === 'open' ? <Age at={fact.at} /> : <At at={fact.at} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
