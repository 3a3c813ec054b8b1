/** A letter as people read it. */
export interface Mail {
  from: string;
  to: string;
  subject: string;
  messageId: string;
  headers: Record<string, string>;
  text: string;
}

/** Reads a letter of one plain text part; names of headers are small. */
export function readMail(raw: Buffer): Mail {
  const [head = '', ...rest] = raw.toString('latin1').split(/\r?\n\r?\n/);
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), decodeWords(line.slice(line.indexOf(':') + 1).trim())]),
  );
  const { from = '', to = '', subject = '', 'message-id': messageId = '', 'content-transfer-encoding': encoding = '7bit' } = headers;
  const text = decodeBody(rest.join('\r\n\r\n'), encoding.toLowerCase());
  return { ...{ from, to, subject, messageId, headers }, text: text.replaceAll('\r\n', '\n').trimEnd() };
}

function decodeBody(text: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8');
  if (encoding === 'quoted-printable') return decodeQuoted(text.replace(/=\r?\n/g, ''));
  return Buffer.from(text, 'latin1').toString('utf8');
}

/** Encoded words (`=?UTF-8?Q?…?=`); the space between two of them is none. */
function decodeWords(text: string): string {
  return text.replace(/\?=\s+=\?/g, '?==?').replace(/=\?[\w-]+\?([bq])\?([^?]*)\?=/gi, (_whole, how: string, word: string) => {
    return how.toLowerCase() === 'b' ? Buffer.from(word, 'base64').toString('utf8') : decodeQuoted(word.replaceAll('_', ' '));
  });
}

function decodeQuoted(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
