// Made of src/words by: npm run words
/** What a terminal obeys: colours, titles, links, moves of the cursor. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const sequences = /\u001b(?:\[[0-9;:<=>?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)|[ -/]*[0-Z\\^-~])/g;
/** What a screen obeys, what hides, and what turns the writing round. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const mostOfLine = 2_000;
const mostOfText = 200_000;
/** Words of somebody else as they may be shown: nothing in them is obeyed, hidden or turned round; longer ones say how much is left out. */
export function safeText(text, most = mostOfText) {
  const shown = text.length > most ? text.slice(0, most) : text;
  const safe = shown
    .replace(sequences, '')
    .replaceAll('\r\n', '\n')
    .replace(unseen, (sign) => (sign === '\n' || sign === '\t' || sign === '\u200d' ? sign : named(sign)));
  return shown === text ? safe : `${safe}… (${text.length - most} more characters)`;
}
/** The same on one line. */
export const safeLine = (text, most = mostOfLine) => safeText(text, most).replace(/\s*[\n\t]+\s*/g, ' ');
/** A control character is only a gap; one that would hide or turn words round is named, so that nobody reads something else than was said. */
const named = (sign) => (/\p{Cc}/u.test(sign) ? ' ' : `\\u{${sign.codePointAt(0).toString(16)}}`);

/** `0 s`, `87 ms`, `4.2 s`, `1 min 59.5 s`, `12 min 41 s`, `1 h 04 min`, `2 d 3 h`. */
export function duration(ms) {
  if (ms < 1) return '0 s';
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${Number((ms / 1_000).toFixed(2))} s`;
  if (ms < 59_950) return `${Number((ms / 1_000).toFixed(1))} s`;
  if (ms < 599_950) return minutes(Math.round(ms / 100) / 10);
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return minutes(seconds);
  const whole = Math.round(seconds / 60);
  if (whole < 2_880) return `${Math.floor(whole / 60)} h ${String(whole % 60).padStart(2, '0')} min`;
  const hours = Math.round(whole / 60);
  return `${Math.floor(hours / 24)} d${hours % 24 > 0 ? ` ${hours % 24} h` : ''}`;
}
/** A duration that may not have been measured. */
export function durationOr(ms, otherwise = 'not measured') {
  return ms === null || ms === undefined ? otherwise : duration(ms);
}
/** `0.2 s`, `7168 s`: in facts that recorded gates hold as a sentence, because the digest of an approval is made of it. */
export const inSeconds = (ms, digits = 0) => `${(ms / 1_000).toFixed(digits)} s`;
function minutes(seconds) {
  const rest = Number((seconds % 60).toFixed(1));
  return `${Math.floor(seconds / 60)} min${rest > 0 ? ` ${rest} s` : ''}`;
}

/** `512 bytes`, `1.5 KiB`, `512 MiB`, `1.5 GiB`. */
export function size(bytes) {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let power = 0;
  for (; power < units.length - 1 && Math.abs(bytes) >= 1_024 ** (power + 1); power += 1);
  const amount = bytes / 1_024 ** power;
  return `${power < 3 && amount >= 10 ? Math.round(amount) : Number(amount.toFixed(1))} ${units[power]}`;
}
/** `85 %`, `0.4 %`. */
export const share = (part) => `${part > 0 && part < 0.01 ? Number((part * 100).toFixed(1)) : Math.round(part * 100)} %`;
/** `41,208`. */
export const grouped = (amount) => {
  const [whole = '', rest] = String(amount).split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${rest === undefined ? '' : `.${rest}`}`;
};
/** `1 order`, `41,208 orders`. */
export const count = (amount, one, many = `${one}s`) => `${grouped(amount)} ${amount === 1 ? one : many}`;
/** `Ana`, `Ana and Ben`, `Ana, Ben and Sam`. */
export const list = (names) => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`);

/** `14:03:22.123 UTC`; a text that is no time stays as it is. */
export function clock(time) {
  const iso = isoOf(time);
  return iso === undefined ? time : `${iso.slice(11, 23)} UTC`;
}
/** `14:03:22Z`, for columns. */
export const timeOfDay = (iso) => `${iso.slice(11, 19)}Z`;
/** `2026-03-14 14:03:22 UTC`. */
export function dateAndTime(time) {
  const iso = isoOf(time);
  return iso === undefined ? time : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
/** `2026-03-14 14:03:22.123 UTC`, as evidence needs it. */
export function exactly(time) {
  const iso = isoOf(time);
  return iso === undefined ? time : `${iso.slice(0, 10)} ${clock(iso)}`;
}
function isoOf(time) {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** What nobody could read. */
const notKnown = 'not known';
/** What nobody would do in a dry run. */
const notTried = 'not tried in a dry run';
/** The value of a fact as people read it: `2.4 s`, `3 of 3`, `512 MiB`, `85 %`, `yes`, `not known`. */
export function factValue({ kind, value, unit, verdict }) {
  if (value === null) return verdict === 'notTried' ? notTried : notKnown;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return kind === 'time' ? exactly(value) : value;
  return `${amount(kind, value)}${unit === undefined ? '' : ` ${unit}`}`;
}
/** The same with how far it may move before an approval no longer counts: `2.4 s ± 2 s`. */
export function factWithTolerance(fact) {
  return `${factValue(fact)}${fact.tolerance ? ` ± ${amount(fact.kind, fact.tolerance)}` : ''}`;
}
function amount(kind, value) {
  if (kind === 'duration') return duration(value);
  if (kind === 'bytes') return size(value);
  return kind === 'share' ? share(value) : grouped(value);
}

export const good = (word) => ({ icon: '✔', word, tone: 'good' });
export const bad = (word) => ({ icon: '✖', word, tone: 'bad' });
export const asks = (word) => ({ icon: '?', word, tone: 'asks' });
export const works = (word) => ({ icon: '▸', word, tone: 'works' });
export const quiet = (icon, word) => ({ icon, word, tone: 'quiet' });
/** The word for a state that may be one of another version: then as it is called. */
export const wordOf = (marks, state) => marks[state]?.word ?? state;
export const runMarks = {
  pending: works('waits for its leases'),
  inProgress: works('in progress'),
  pendingApproval: asks('waits for approval'),
  pausedByFailedStep: bad('paused by a failed step'),
  pausedByOperator: asks('paused by a person'),
  completed: good('completed'),
  completedWithExceptions: asks('completed, with exceptions'),
  timedOut: bad('timed out'),
  failed: bad('failed'),
  canceled: quiet('■', 'canceled'),
  compensating: works('is being undone'),
  compensated: quiet('↩', 'undone'),
  compensationFailed: bad('could not be undone'),
  handedOver: quiet('→', 'handed over to another run'),
  blockedByLease: bad('refused: another run holds the resource'),
};
/** What a run really does: in a dry run and on a tape nothing. */
export const modeWords = { live: 'live', simulate: 'DRY RUN', tape: 'TAPE' };
export const stepMarks = {
  running: works('running'),
  pendingApproval: asks('waits'),
  completed: good('done'),
  failed: bad('failed'),
  skipped: quiet('↷', 'skipped'),
  notMeasured: asks('not measured'),
  canceled: quiet('■', 'canceled'),
  compensated: quiet('↩', 'undone'),
  compensationFailed: bad('undo failed'),
  simulated: quiet('~', 'predicted'),
  notTried: quiet('–', 'not tried'),
};
export const gateMarks = {
  open: asks('waits'),
  approved: good('approved'),
  declined: bad('declined'),
  expired: bad('expired'),
  canceled: quiet('■', 'canceled'),
  simulated: quiet('~', 'predicted'),
};
export const incidentMarks = {
  proposed: asks('proposed'),
  declared: bad('declared'),
  acknowledged: works('acknowledged'),
  mitigated: works('mitigated'),
  verifying: works('verifying'),
  stabilizing: works('stabilizing'),
  resolved: good('resolved'),
  closed: good('closed'),
  dismissed: quiet('■', 'dismissed'),
};
export const verdictMarks = {
  good: good('good'),
  bad: bad('bad'),
  unknown: asks('not known'),
  notTried: quiet('–', 'not tried'),
  none: quiet('·', ''),
};
export const messageMarks = {
  sending: works('is sent'),
  sent: good('sent'),
  notSent: bad('not sent'),
  simulated: quiet('~', 'predicted'),
};
