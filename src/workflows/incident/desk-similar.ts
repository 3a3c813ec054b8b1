import type { NewIncident } from './commands.ts';
import type { KnownIncident } from './known.ts';

const most = 5;

/** Incidents that a new one may be like, likest first: of the same cause of alerts, the same service, or with the same words in the title. */
export function similarTo(incident: KnownIncident, others: Iterable<KnownIncident>): NewIncident['similar'] {
  const words = wordsOf(incident.summary.title);
  const scored = [...others].flatMap((other) => {
    const { service, drill, state, title } = other.summary;
    if (drill !== incident.summary.drill || state === 'dismissed') return [];
    const common = [...wordsOf(title)].filter((word) => words.has(word)).length;
    const score =
      (other.cause !== undefined && other.cause === incident.cause ? 10 : 0) + (service === incident.summary.service ? 2 : 0) + common;
    return score >= 2 ? [{ score, other }] : [];
  });
  // Sorting keeps the order of equals, so that the newest comes first.
  const best = scored
    .reverse()
    .sort((one, two) => two.score - one.score)
    .slice(0, most);
  return best.map(({ other: { summary } }) => ({
    ...{ number: summary.number, title: summary.title, cause: summary.cause },
    ...(summary.resolvedAt === undefined ? {} : { resolvedAt: summary.resolvedAt }),
  }));
}

const wordsOf = (title: string): Set<string> => new Set(title.toLowerCase().match(/[\p{L}\d]{4,}/gu) ?? []);
