import type { NewIncident } from './commands.ts';
import type { KnownIncident, MoreEpisodes } from './known.ts';
import { isOpen, newDesk, type Desk, type Episode } from './desk.ts';
import type { AlertFact } from './alerts.ts';
import type { IncidentSummary } from './view.ts';

/** The desk as it is carried over to its next run, as plain and as small as it can be. */
export interface DeskBook {
  environment: string;
  day: string;
  last: number;
  incidents: {
    summary: IncidentSummary;
    cause?: string;
    toStart?: NewIncident;
    toTell?: AlertFact[];
    listed: number;
    more?: MoreEpisodes;
    /** Fingerprint, start, end (0 while it fires), 1 when it is not listed. */
    episodes: PackedEpisode[];
  }[];
  /** Episodes that belong to no incident. */
  stray: PackedEpisode[];
  /** Key, number, request. */
  declared: [string, string, string][];
  counts: Desk['counts'];
}
type PackedEpisode = [fingerprint: string, startMs: number, endMs: number, unlisted?: 1];

/** What is remembered, newest first; together it stays under 2 MB, which is what Temporal takes in one piece. */
const most = { ended: 800, episodes: 16_000, declared: 1_000 };

/** Packs a desk for its next run. What fires or is open is kept before what is over. */
export function pack(desk: Desk): DeskBook {
  const all = [...desk.incidents.values()];
  const forgotten = new Set(all.filter((incident) => !isOpen(incident)).slice(0, -most.ended));
  const kept = all.filter((incident) => !forgotten.has(incident));
  const episodes = new Map<KnownIncident | undefined, PackedEpisode[]>();
  for (const [fingerprint, episode] of newestEpisodes(desk)) {
    const { incident, startMs, endMs = 0, unlisted } = episode;
    const of = incident && forgotten.has(incident) ? undefined : incident;
    const packed = episodes.get(of) ?? [];
    episodes.set(of, packed);
    packed.push(unlisted ? [fingerprint, startMs, endMs, 1] : [fingerprint, startMs, endMs]);
  }
  return {
    ...{ environment: desk.environment, day: desk.day, last: desk.last, counts: desk.counts },
    incidents: kept.map(({ toTell, ...incident }) => ({
      ...incident,
      ...(toTell.length === 0 ? {} : { toTell }),
      episodes: episodes.get(desk.incidents.get(incident.summary.number)) ?? [],
    })),
    stray: episodes.get(undefined) ?? [],
    declared: [...desk.declared]
      .filter(([, { incident }]) => !forgotten.has(incident))
      .slice(-most.declared)
      .map(([key, { incident, request }]) => [key, incident.summary.number, request]),
  };
}

function newestEpisodes(desk: Desk): [string, Episode][] {
  const all = [...desk.episodes].flatMap(([fingerprint, episodes]) => episodes.map((episode): [string, Episode] => [fingerprint, episode]));
  if (all.length <= most.episodes) return all;
  const rank = ([, { startMs, endMs }]: [string, Episode]) => (endMs === undefined ? Number.MAX_SAFE_INTEGER : Math.max(startMs, endMs));
  return all.sort((one, two) => rank(two) - rank(one)).slice(0, most.episodes);
}

/** The desk again, out of what was carried over. */
export function unpack(book: DeskBook): Desk {
  const desk = newDesk(book.environment);
  Object.assign(desk, { day: book.day, last: book.last, counts: { ...book.counts } });
  const remember = (packed: PackedEpisode[], incident?: KnownIncident): void => {
    for (const [fingerprint, startMs, endMs, unlisted] of packed) {
      const episodes = desk.episodes.get(fingerprint) ?? [];
      desk.episodes.set(fingerprint, episodes);
      const more = {
        ...(endMs === 0 ? {} : { endMs }),
        ...(incident ? { incident } : {}),
        ...(unlisted ? { unlisted: true as const } : {}),
      };
      episodes.push({ startMs, ...more });
    }
  };
  for (const { episodes, toTell = [], ...known } of book.incidents) {
    const incident: KnownIncident = { ...known, toTell };
    desk.incidents.set(incident.summary.number, incident);
    remember(episodes, incident);
  }
  remember(book.stray);
  for (const episodes of desk.episodes.values()) episodes.sort((one, two) => one.startMs - two.startMs);
  for (const [key, number, request] of book.declared) {
    const incident = desk.incidents.get(number);
    if (incident) desk.declared.set(key, { incident, request });
  }
  return desk;
}
