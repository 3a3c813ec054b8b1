import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { signFor } from '../../src/cli/direct-client.ts';
import { auditFile, verifyAudit, writeAudit } from '../../src/config/access/audit.ts';
import { takeLink } from '../../src/config/access/sign-in-link.ts';
import { openTokens, stateOf, type NewToken } from '../../src/config/access/tokens.ts';
import { loadEnvironment } from '../../src/config/environment.ts';
import { isTokenOf } from '../../src/config/own-token.ts';
import { person } from '../../src/config/schema/people.ts';
import { cloneFolder } from '../../src/config/tools.ts';

const ana: NewToken = { subject: 'ana', scope: 'decide', expiresAt: null, note: null, createdBy: 'a test' };

describe('tokens that are made', () => {
  let home: string;
  const env = () => ({ MUSTER_HOME: home });
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'muster-tokens-'));
  });
  afterEach(() => rm(home, { recursive: true }));

  it('are 256 random bits that are kept by their hash alone, for the owner of the file only, of each environment its own', async () => {
    const store = openTokens('range', env());
    assert.deepEqual(store.list(), []);
    const { token, made } = store.create(ana);
    assert.match(token, /^mst_[\w-]{43}$/);
    assert.equal(made.hash, createHash('sha256').update(token).digest('hex'));
    assert.ok(!(await readFile(store.file, 'utf8')).includes(token.slice(4, 20)));
    assert.equal((await stat(store.file)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(join(home, 'tokens')), ['range.json']);
    assert.deepEqual(openTokens('range', env()).list(), [made]);
    assert.deepEqual(openTokens('elsewhere', env()).list(), []);
  });

  it('are valid until they expire or are revoked, whichever is seen of an old store too', () => {
    const store = openTokens('range', env());
    const reader = openTokens('range', env());
    const { made } = store.create({ ...ana, expiresAt: '2026-03-14T00:00:00.000Z' });
    const [before, at] = [Date.parse('2026-03-13T23:59:59.999Z'), Date.parse('2026-03-14T00:00:00.000Z')];
    assert.deepEqual([stateOf(reader.list()[0]!, before), stateOf(reader.list()[0]!, at)], ['valid', 'expired']);
    const revoked = store.revoke(made.id, 'ben')!;
    assert.deepEqual([stateOf(reader.list()[0]!, before), revoked.revokedBy], ['revoked', 'ben']);
    assert.equal(store.revoke(made.id, 'sam')!.revokedBy, 'ben', 'the first time counts');
    assert.equal(store.revoke('none', 'sam'), undefined);
  });

  it('are all kept, however many processes make them at once', async () => {
    const module = join(cloneFolder, 'dist/src/config/access/tokens.js');
    const code = `import('${module}').then(({ openTokens }) => { const store = openTokens('range'); for (let n = 0; n < 5; n++) store.create(${JSON.stringify(ana)}); })`;
    const make = () => promisify(execFile)(process.execPath, ['-e', code], { env: { ...process.env, ...env() } });
    await Promise.all(Array.from({ length: 4 }, make));
    assert.equal(
      new Set(
        openTokens('range', env())
          .list()
          .map(({ hash }) => hash),
      ).size,
      20,
    );
    assert.deepEqual(await readdir(join(home, 'tokens')), ['range.json']);
  });

  it('do not count when what shall be noted of them cannot be', () => {
    const store = openTokens('range', env());
    const fails = () => {
      throw new Error('the disk is full');
    };
    assert.throws(() => store.create(ana, fails), /the disk is full/);
    assert.deepEqual(store.list(), []);
  });

  it('prove past the API who somebody is, as those of the environment file do, while they are valid and may decide', async () => {
    const environment = await loadEnvironment('environments/range.yaml');
    const store = openTokens('range', env());
    const { token, made } = store.create(ana);
    const others: [string, string][] = [
      ['ben', token],
      ['ana', store.create({ ...ana, expiresAt: '2026-03-14T00:00:00.000Z' }).token],
      ['ana', store.create({ ...ana, scope: 'read' }).token],
      ['ana', openTokens('elsewhere', env()).create(ana).token],
      ['zoe', store.create({ ...ana, subject: 'zoe' }).token],
    ];
    assert.equal(isTokenOf(environment, 'ana', token, env()), true);
    for (const [subject, other] of others) assert.equal(isTokenOf(environment, subject, other, env()), false, subject);
    store.revoke(made.id, 'a test');
    assert.equal(isTokenOf(environment, 'ana', token, env()), false);
    await writeFile(store.file, '{');
    assert.throws(() => isTokenOf(environment, 'ana', token, env()), /cannot be read, so no token in it counts/);
  });

  it('that prove nothing say so on the command line, and sign nothing', async () => {
    const environment = await loadEnvironment('environments/range.yaml');
    const store = openTokens('range', env());
    const { token, made } = store.create(ana);
    const heard: string[] = [];
    const say = (line: string) => void heard.push(line);
    const signs = (subject: string, own: string | undefined = token) =>
      signFor(environment, { env: env(), environmentFile: '', subject, token: own, say }) !== undefined;
    assert.deepEqual([signs('ana'), signs('ben'), signs('ana', 'mst_of-nobody'), signs('ana', 'of-nobody')], [true, false, false, false]);
    assert.equal(signs('ana', store.create({ ...ana, scope: 'read' }).token), false);
    store.revoke(made.id, 'a test');
    assert.equal(signs('ana'), false);
    const reasons = heard.map((line) => line.replace(/ at 2\S+Z:.*|:.*/, ''));
    assert.deepEqual(reasons, ['The token is not that of ben', 'The token may only look', 'The token was revoked']);
  });

  it('of a program decide nothing, whatever its roles', () => {
    const rolesOf = (service: boolean, ...roles: string[]) => person.parse({ subject: 'bot', name: 'bot', roles, service }).roles;
    assert.deepEqual(rolesOf(true, 'viewer', 'approver', 'admin'), ['viewer', 'responder']);
    assert.deepEqual(rolesOf(false, 'approver', 'admin'), ['approver', 'admin']);
  });
});

describe('a sign-in link', () => {
  it('works in the first API only, also when one is started again with it', async () => {
    const home = await mkdtemp(join(tmpdir(), 'muster-links-'));
    try {
      const take = (link: string) => takeLink(link, { MUSTER_HOME: home });
      assert.deepEqual([take('you:one'), take('you:one'), take('you:two'), take('you:one')], [true, false, true, false]);
      assert.ok(!(await readdir(join(home, 'sign-in-links'))).join().includes('one'));
    } finally {
      await rm(home, { recursive: true });
    }
  });
});

describe('the audit of access', () => {
  let home: string;
  const env = () => ({ MUSTER_HOME: home });
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'muster-audit-'));
    for (const subject of ['ana', 'ben', 'sam'])
      writeAudit({ what: 'token created', environment: 'range', by: 'a test', about: { subject } }, env());
  });
  afterEach(() => rm(home, { recursive: true }));

  it('is whole as it was written, and for its owner only', async () => {
    const { entries, head, problem } = verifyAudit(env());
    assert.deepEqual([entries, problem], [3, undefined]);
    assert.match(head, /^[0-9a-f]{64}$/);
    assert.equal((await stat(auditFile(env()))).mode & 0o777, 0o600);
  });

  it('says which line was changed, is gone or stands elsewhere', async () => {
    const lines = (await readFile(auditFile(env()), 'utf8')).trimEnd().split('\n');
    const [one, two, three] = lines as [string, string, string];
    const changes: [string[], RegExp][] = [
      [[one, two.replace('"ben"', '"eve"'), three], /^line 2 is not as it was written/],
      [[one, three], /^line 2 does not follow/],
      [[two, one, three], /^line 1 does not follow/],
      [[one, two.slice(0, -9), three], /^line 2 of .* is no entry/],
    ];
    for (const [changed, words] of changes) {
      await writeFile(auditFile(env()), `${changed.join('\n')}\n`);
      assert.match(verifyAudit(env()).problem ?? '', words);
    }
    await writeFile(auditFile(env()), `${one}\n`);
    await appendFile(auditFile(env()), 'half a li');
    assert.throws(() => writeAudit({ what: 'x', environment: 'range', by: 'a test', about: {} }, env()), /line 2 of .* is no entry/);
  });
});
