/** What stands where a secret stood. */
export const hidden = '[redacted]';

const secretField = String.raw`(?:[\w.%-]*(?:token|secret|passw(?:or)?d|signature|credential|api[_-]?key|access[_-]?key)|sig|sign|code|key|auth|pwd|pass|sas)`;
const secretQuery = new RegExp(String.raw`([?&;]${secretField}=)[^\s&"'<>#;]+`, 'gi');
const secretName = new RegExp(`^${secretField}$`, 'i');
/** Names that are often no secret: then only what looks like one is known again elsewhere. */
const oftenPlain = /^(code|key|sign|auth)$/i;

/** Whoever has such a path may post: Slack, Discord, Teams, Telegram, whatever the host that stands in for them. */
const webhookPaths: readonly RegExp[] = [
  /(\/(?:services|workflows|triggers)\/)(T[A-Z0-9]{2,}\/[^\s"'<>?#]+)/g,
  /(\/api\/webhooks\/\d+\/)([^\s"'<>?#/]+)/g,
  /(\/webhookb2\/)([^\s"'<>?#]+)/g,
  /(\/bot)(\d+:[\w-]+)/g,
];

/** Takes logins, secret parts of queries and paths of webhooks out of every URL in a text. */
export function redactUrls(text: string): string {
  if (!/[/?&]/.test(text)) return text;
  const clean = text.replace(/\b(https?:\/\/)[^\s/?#"'<>]+@/gi, `$1${hidden}@`).replace(secretQuery, `$1${hidden}`);
  return webhookPaths.reduce((before, path) => before.replace(path, `$1${hidden}`), clean);
}

/** The secret parts of a URL, as they are written there and as they read; none when the text is no URL. */
export function secretsInUrl(text: string): string[] {
  if (!text.includes('://') || !URL.canParse(text)) return [];
  const { username, password, searchParams, pathname, protocol } = new URL(text);
  const login = [password, ...(password === '' && /^https?:$/.test(protocol) ? [username] : [])];
  const queries = [...searchParams].flatMap(([name, value]) =>
    secretName.test(name) && (!oftenPlain.test(name) || value.length >= looksSecret) ? [value, encodeURIComponent(value)] : [],
  );
  const paths = webhookPaths.flatMap((path) => [...pathname.matchAll(path)].map(([, , secret]) => secret!));
  return [...new Set([...login, ...login.map(decoded), ...queries, ...paths])].filter((secret) => secret !== '');
}

const looksSecret = 16;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A URL without its login, and the header that says the same: nothing that fetches takes a login in the address. */
export function loginApart(url: string): { url: string; headers: { authorization?: string } } {
  if (!url.includes('@') || !URL.canParse(url)) return { url, headers: {} };
  const parsed = new URL(url);
  const { username, password } = parsed;
  if (username === '' && password === '') return { url, headers: {} };
  Object.assign(parsed, { username: '', password: '' });
  const login = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
  return { url: parsed.href, headers: { authorization: `Basic ${login}` } };
}
