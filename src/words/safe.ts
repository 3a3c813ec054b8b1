/** What a terminal obeys: colours, titles, links, moves of the cursor. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const sequences = /\u001b(?:\[[0-9;:<=>?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)|[ -/]*[0-Z\\^-~])/g;
/** What a screen obeys, what hides, and what turns the writing round. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const mostOfLine = 2_000;
const mostOfText = 200_000;

/** Words of somebody else as they may be shown: nothing in them is obeyed, hidden or turned round; longer ones say how much is left out. */
export function safeText(text: string, most = mostOfText): string {
  const shown = text.length > most ? text.slice(0, most) : text;
  const safe = shown
    .replace(sequences, '')
    .replaceAll('\r\n', '\n')
    .replace(unseen, (sign) => (sign === '\n' || sign === '\t' || sign === '\u200d' ? sign : named(sign)));
  return shown === text ? safe : `${safe}… (${text.length - most} more characters)`;
}

/** The same on one line. */
export const safeLine = (text: string, most = mostOfLine): string => safeText(text, most).replace(/\s*[\n\t]+\s*/g, ' ');

/** A control character is only a gap; one that would hide or turn words round is named, so that nobody reads something else than was said. */
const named = (sign: string): string => (/\p{Cc}/u.test(sign) ? ' ' : `\\u{${sign.codePointAt(0)!.toString(16)}}`);
