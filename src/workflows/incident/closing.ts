import { promisedTo, serviceOf } from './record.ts';
import type { ClosingLine } from './policy.ts';
import type { Incident } from './view.ts';

/** Ticks the lines of the closing checklist that follow from the record; what people ticked stays. */
export function closingFacts(incident: Incident): void {
  for (const line of incident.policy.closing) {
    const found = incident.closing.find(({ name }) => name === line.name);
    if (found && line.by !== 'person') found.done = isSo(incident, line.by);
  }
}

function isSo(incident: Incident, by: Exclude<ClosingLine['by'], 'person'>): boolean {
  const { said, impact, actions, messages, links, archived } = incident;
  switch (by) {
    case 'root-cause':
      return said.cause !== '';
    case 'impact':
      return impact !== '';
    case 'lessons':
      return said.lessons !== '';
    case 'actions':
      return actions.length > 0;
    case 'customers-told': {
      const told = messages.some(
        ({ post, state }) => post.sink === 'statuspage' && post.act === 'publish' && post.status === 'resolved' && state === 'sent',
      );
      return (
        told ||
        !serviceOf(incident).customerFacing ||
        (links.statuspage === undefined && archived.parts === 0 && !promisedTo(incident).includes('customers'))
      );
    }
    default:
      return incident.reviews.some(({ name, doneAt }) => `review:${name}` === by && doneAt !== undefined);
  }
}
