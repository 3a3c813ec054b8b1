import { modeWords, type Mark } from '../../words/states.ts';

/** A state: sign, word and colour, so that none of them speaks alone; one of another version is shown as it is called. */
export function Chip({ of, marks }: { of: string; marks: Readonly<Record<string, Mark>> }) {
  const { icon, word, tone } = marks[of] ?? { icon: '·', word: of, tone: 'quiet' };
  if (word === '') return null;
  return (
    <span className={`chip ${tone}`}>
      <span aria-hidden>{icon}</span> {word}
    </span>
  );
}

/** A run of an exercise says so in its title, which is all that lists know of it. */
export const isDrill = (title: string | undefined): boolean => title?.startsWith('DRILL: ') === true;
/** A title beside the badge that says the same. */
export const besideBadge = (title: string): string => title.replace(/^(DRILL|TAPE): /, '');

type What = { mode?: string; drill?: boolean };

/** What this really is: in an exercise nobody is hurt, and a dry run changes nothing. It must never be taken for the other. */
export function ModeBadge({ mode = 'live', drill = false }: What) {
  if (drill) return <Badge kind="drill" icon="◇" word="DRILL" />;
  if (mode === 'live') return <Badge kind="live" icon="●" word="LIVE" />;
  return <Badge kind="dry" icon="~" word={modeWords[mode as keyof typeof modeWords] ?? mode} />;
}

function Badge({ kind, icon, word }: { kind: string; icon: string; word: string }) {
  return (
    <span className={`badge ${kind}`}>
      <span aria-hidden>{icon}</span> {word}
    </span>
  );
}
