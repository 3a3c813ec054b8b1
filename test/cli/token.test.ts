import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeApi } from './support/fake-api.ts';
import { muster } from './support/muster.ts';

describe('muster token', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'muster-token-'));
  });
  afterEach(() => rm(home, { recursive: true }));

  const at = (...words: string[]) => muster(words, { MUSTER_HOME: home, MUSTER_ENVIRONMENT: 'environments/range.yaml' });
  const listed = async () => JSON.parse((await at('token', 'list', '-o', 'json')).stdout) as Record<string, string | null>[];

  it('shows a token once, alone on standard output, good for 90 days unless said otherwise', async () => {
    const { code, stdout, stderr } = await at('token', 'create', 'ana', '--note', 'her laptop');
    assert.equal(code, 0);
    assert.match(stdout, /^mst_[\w-]{43}\n$/);
    assert.match(stderr, /^Token [0-9a-f]{12} of ana: does what ana may, until 2\S+Z\. It is not shown again; use it as MUSTER_TOKEN\.\n$/);
    await at('token', 'create', 'ben', '--expires', 'never', '--scope', 'read');
    const [ben, ana] = await listed();
    assert.deepEqual([ben!['subject'], ben!['scope'], ben!['expiresAt'], ben!['state']], ['ben', 'read', null, 'valid']);
    const days = (Date.parse(ana!['expiresAt']!) - Date.parse(ana!['createdAt']!)) / 86_400_000;
    assert.ok(Math.abs(days - 90) < 0.01, String(days));
    assert.deepEqual([ana!['note'], 'hash' in ana!, /on this machine$/.test(ana!['createdBy']!)], ['her laptop', false, true]);
    const table = await at('token', 'list');
    assert.ok(!table.stdout.includes(stdout.trim()));
    assert.match(table.stdout, /^ID +OF +SCOPE +STATE +EXPIRES +MADE +BY +NOTE\n[0-9a-f]{12} +ben +read +valid +never /);
  });

  it('revokes by id, and both acts stand in an audit that can be checked', async () => {
    assert.match((await at('token', 'list')).stdout, /^No tokens were made/);
    await at('token', 'create', 'ana');
    const { id } = (await listed())[0]!;
    const revoked = await at('token', 'revoke', id!);
    assert.deepEqual([revoked.code, new RegExp(`^Token ${id} of ana counts no more, since 2`).test(revoked.stdout)], [0, true]);
    assert.equal((await listed())[0]!['state'], 'revoked');
    assert.match((await at('audit', 'verify')).stdout, /audit\.jsonl: 2 entries, every hash holds; head [0-9a-f]{64}\n$/);
    await appendFile(join(home, 'audit.jsonl'), '{}\n');
    const broken = await at('audit', 'verify');
    assert.deepEqual([broken.code, /line 3 of .* is no entry of an audit; the 2 entries before it hold/.test(broken.stdout)], [1, true]);
  });

  it('refuses in a sentence what makes no sense', async () => {
    const refused: [string[], number, RegExp][] = [
      [['create', 'anna'], 3, /anna is not among the people of range; did you mean ana\?/],
      [['create', 'ana', '--scope', 'all'], 2, /--scope all: say read or decide/],
      [['create', 'ana', '--expires', 'soon'], 2, /--expires soon: write it like 14d/],
      [['create', 'ana', '--expires', '2020-01-01'], 2, /--expires 2020-01-01: that is over already/],
      [['revoke', '5f0c1a9be2d4'], 3, /there is no token 5f0c1a9be2d4 in range/],
    ];
    for (const [words, exit, sentence] of refused) {
      const { code, stderr } = await at('token', ...words);
      assert.deepEqual([code, sentence.test(stderr)], [exit, true], stderr);
    }
    assert.deepEqual(await listed(), []);
    await at('token', 'create', 'ana');
    await writeFile(join(home, 'tokens/range.json'), 'x');
    const broken = await at('token', 'create', 'ana');
    assert.deepEqual([broken.code, /range\.json cannot be read, so no token in it counts/.test(broken.stderr)], [1, true]);
  });

  it('has no part in a sign-in link, which is asked of the API with one', async () => {
    const api = await startFakeApi();
    api.reply = () => ({ status: 201, body: { path: '/sign-in?token=once', until: '2026-03-14T09:10:00.000Z' } });
    try {
      const { code, stdout, stderr } = await muster(['sign-in'], { MUSTER_HOME: home, MUSTER_API: api.url, MUSTER_TOKEN: 'visibly-fake' });
      assert.deepEqual([code, stdout, stderr], [0, `${api.url}/sign-in?token=once\n`, 'It works once, until 2026-03-14T09:10:00.000Z.\n']);
      assert.deepEqual(
        api.asked.map(({ method, path, token }) => [method, path, token]),
        [['POST', '/api/sign-in-links', 'Bearer visibly-fake']],
      );
    } finally {
      await api.close();
    }
  });
});
