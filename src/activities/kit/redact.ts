import { hidden, redactUrls } from './redact-url.ts';

/** Fields whose values are taken out of what we keep, send or throw. */
const secretName =
  /pass(word|wd|phrase)?$|^pwd$|secret|token|authorization|cookie|credential|api[-_]?key|routing[-_]?key|private[-_]?key|access[-_]?key|signature/i;
const secretFlag = /^--?(password|passwd|pass|secret|token|api-?key|access-?key|auth)$/i;
const deepest = 8;

const patterns: [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, hidden],
  // A scheme is short: without a limit a long text of dots would be looked through once for each of them.
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]*):[^\s/]*@/gi, `$1:${hidden}@`],
  [/(authorization["']?\s*[:=]\s*["']?)[^\r\n"']+/gi, `$1${hidden}`],
  [/\b(bearer|oauth)\s+[\w.~+/=-]{6,}/gi, `$1 ${hidden}`],
  [/\b(\w*(?:password|passwd|secret|token|api_?key|routing_?key|access_?key)["']?\s*[=:]\s*["']?)[^\s"',;&}]+/gi, `$1${hidden}`],
  [/\b(X-Amz-(?:Signature|Credential|Security-Token)=)[^\s&"']+/gi, `$1${hidden}`],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, hidden],
  [/\bmst_[\w-]{20,}/g, hidden],
  [/\bxox[a-z]-[\w-]{8,}/g, hidden],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, hidden],
];

const known = new Set<string>();

/** Remembers a secret's text, so that it is taken out wherever it turns up; texts under six characters would hit ordinary words. */
export function rememberSecret(secret: string): string {
  if (secret.length >= 6) known.add(secret);
  return secret;
}

/** Takes secrets out of a text: known ones, and whatever looks like one (connection strings, Authorization, tokens, keys). */
export function redactText(text: string): string {
  let clean = text;
  for (const secret of known) clean = clean.replaceAll(secret, hidden);
  clean = redactUrls(clean);
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
  return clean;
}

/** Takes known secrets, and those in URLs, out of all texts of a value that becomes JSON and goes on being used: nothing else in it changes. */
export function redactTexts<T>(value: T): T {
  return (typeof value === 'string' ? withoutKnown(value) : inside(value)) as T;
}

// A short secret may be an ordinary word, and what is decided by such a word must not change.
const surelySecret = 12;

function withoutKnown(text: string): string {
  let clean = text;
  for (const secret of known) if (secret.length >= surelySecret) clean = clean.replaceAll(secret, hidden);
  return redactUrls(clean);
}

function inside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => redactTexts(item));
  if (value === null || typeof value !== 'object') return value;
  const kind: unknown = Object.getPrototypeOf(value);
  if (kind !== Object.prototype && kind !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redactTexts<unknown>(item)]));
}

/** Takes secrets out of any value, by the names of its fields and by the looks of its texts; answers plain JSON, cut below `depth`. */
export function redact(value: unknown, depth = deepest): unknown {
  return clean(value, depth, new Set());
}

function clean(value: unknown, depth: number, above: ReadonlySet<object>): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return redactText(String(value));
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (above.has(value) || depth === 0) return '[…]';
  const within = new Set(above).add(value);
  const part = (item: unknown) => clean(item, depth - 1, within);
  if (value instanceof Error) return { name: value.name, message: redactText(value.message) };
  if (value instanceof Map) return part(Object.fromEntries(value));
  if (value instanceof Set) return part([...(value as Set<unknown>)]);
  if (Array.isArray(value)) return value.map((item: unknown, index) => (followsSecretFlag(value, index) ? hidden : part(item)));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      if (item === undefined) return [];
      return [[name, secretName.test(name) && item !== null && item !== '' ? hidden : part(item)]];
    }),
  );
}

function followsSecretFlag(list: readonly unknown[], index: number): boolean {
  const before = list[index - 1];
  return typeof before === 'string' && secretFlag.test(before);
}

/** The last part of a text that is longer than `bytes`, marked as cut. */
export function tail(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const kept = Buffer.from(text)
    .subarray(-bytes)
    .toString('utf8')
    .replace(/^\uFFFD+/, '');
  return `…${kept}`;
}
