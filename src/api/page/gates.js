import { age, chip, fold, h, time } from './dom.js';
import { factValue, gateMarks, verdictMarks } from './words.js';

function factRow(fact, open) {
  return h(
    'tr',
    {},
    h('td', {}, fact.verdict && chip(verdictMarks, fact.verdict)),
    h('th', { scope: 'row' }, fact.name),
    h('td', { class: 'value' }, factValue(fact)),
    h('td', { class: 'quiet' }, `${fact.source}, `, open ? age(fact.at) : time(fact.at)),
  );
}

function gateCard({ view, me, labels, send }, gate) {
  const order = { bad: 0, unknown: 1, notTried: 2 };
  const facts = [...gate.facts].sort((a, b) => (order[a.verdict] ?? 3) - (order[b.verdict] ?? 3));
  const decided = gate.decisions.map((one) =>
    h(
      'li',
      {},
      chip(gateMarks, one.decision === 'approve' ? 'approved' : 'declined'),
      ` ${one.by}, `,
      time(one.at),
      one.comment && `: ${one.comment}`,
    ),
  );
  const mayDecide = me.roles.some((role) => role === 'approver' || role === 'admin');
  const decide = (verb) => h('button', { id: `${verb}-${gate.id}`, class: verb, onclick: () => send(verb, gate) }, labels[verb]);
  const comment = h('textarea', {
    id: `comment-${gate.id}`,
    rows: '2',
    maxlength: '1024',
    'aria-label': 'Comment',
    placeholder: 'Comment (may be empty)',
  });
  const open = gate.state === 'open' && (view.verbs.includes('approve') || view.verbs.includes('decline'));
  return h(
    'article',
    { class: `card gate ${gate.state}` },
    h('h2', {}, gate.question, ' ', chip(gateMarks, gate.state)),
    h('p', {}, `${gate.decisions.filter((one) => one.decision === 'approve').length} of ${gate.quorum} approvals by ${gate.of}`),
    gate.state === 'open' && gate.closesAt && h('p', { class: 'quiet' }, 'Closes at ', time(gate.closesAt), '; silence never approves.'),
    gate.cannotBeUndone && h('p', { class: 'never' }, `Cannot be undone: ${gate.cannotBeUndone}`),
    h(
      'table',
      {},
      h('caption', { title: gate.digest }, `Facts, round ${gate.round}, digest ${gate.digest.slice(0, 12)}`),
      h(
        'tbody',
        {},
        facts.map((fact) => factRow(fact, gate.state === 'open')),
      ),
    ),
    h(
      'ul',
      { class: 'plain' },
      decided,
      gate.escalations.map((one) => h('li', {}, `Escalated to ${one.to}, `, time(one.at))),
    ),
    open && view.requestedBy === me.subject && h('p', { class: 'quiet' }, 'You asked for this run; the gate may want somebody else.'),
    open && !mayDecide && h('p', { class: 'quiet' }, 'You can look; deciding needs the role approver.'),
    open && mayDecide && comment,
    open &&
      mayDecide &&
      h(
        'div',
        { class: 'decide' },
        view.verbs.includes('approve') && decide('approve'),
        view.verbs.includes('decline') && decide('decline'),
      ),
  );
}

export function runGates(context) {
  const open = context.view.gates.filter((gate) => gate.state === 'open');
  const past = context.view.gates.filter((gate) => gate.state !== 'open');
  return h(
    'div',
    {},
    open.map((gate) => gateCard(context, gate)),
    past.length > 0 &&
      fold(
        'past-gates',
        `Decisions (${past.length})`,
        past.map((gate) => gateCard(context, gate)),
      ),
  );
}
