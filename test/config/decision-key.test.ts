import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createSigner, isProven, readDecisionKeys, type Said } from '../../src/config/decision-key.ts';
import { loadEnvironment, type Environment } from '../../src/config/environment.ts';
import { isTokenOf } from '../../src/config/own-token.ts';
import { cloneFolder } from '../../src/config/tools.ts';

describe('the key that signs decisions', () => {
  let home: string;
  const env = () => ({ MUSTER_HOME: home });
  const unsaid: Pick<Environment, 'decisions'> = { decisions: { unsigned: 'undoable' } };
  const said: Said = {
    ...{ environment: 'range', to: 'run-1', what: 'approve' },
    command: { by: 'ana', id: '1', channel: 'api', gate: '2-promote', digest: 'd', comment: undefined },
  };

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'muster-key-'));
  });
  afterEach(() => rm(home, { recursive: true }));

  it('is made once, for its owner only, and nothing but what it signed is proven by it', async () => {
    assert.deepEqual(readDecisionKeys(unsaid, env()), []);
    const { sign } = createSigner(unsaid, env());
    const proof = sign(said);
    assert.deepEqual(await readdir(home), ['decisions.key']);
    assert.equal((await stat(join(home, 'decisions.key'))).mode & 0o777, 0o600);
    const keys = readDecisionKeys(unsaid, env());
    // As it comes out of a history.
    const heard = JSON.parse(JSON.stringify(said)) as Said;
    assert.ok(isProven(keys, heard, proof));
    assert.ok(isProven(keys, heard, createSigner(unsaid, env()).sign(said)));
    const others: Partial<Said>[] = [{ environment: 'prod' }, { to: 'run-2' }, { what: 'decline' }];
    for (const [key, value] of Object.entries(heard.command)) others.push({ command: { ...heard.command, [key]: `${String(value)}x` } });
    others.push({ command: { ...heard.command, more: 1 } });
    for (const other of others) assert.equal(isProven(keys, { ...heard, ...other }, proof), false, JSON.stringify(other));
    assert.equal(isProven(keys, heard, { ...proof, at: new Date(Date.parse(proof.at) + 1).toISOString() }), false);
    assert.equal(isProven(keys, heard, { ...proof, signature: `A${proof.signature.slice(1)}` === proof.signature ? 'B' : 'A' }), false);
    for (const broken of [{}, 'x', { ...proof, signature: 7 }]) assert.equal(isProven(keys, heard, broken as typeof proof), false);
  });

  it('proves nothing that was said more than a day ago', () => {
    const { sign } = createSigner(unsaid, env());
    const proof = sign(said);
    const then = Date.now;
    try {
      Date.now = () => then() + 86_500_000;
      assert.equal(isProven(readDecisionKeys(unsaid, env()), said, proof), false);
    } finally {
      Date.now = then;
    }
  });

  it('is one key, however many processes make it at once', async () => {
    const code = `import('${join(cloneFolder, 'dist/src/config/decision-key.js')}').then(({ createSigner }) => console.log(createSigner({ decisions: { unsigned: 'allow' } }).key))`;
    const run = () => promisify(execFile)(process.execPath, ['-e', code], { env: { ...process.env, ...env() } });
    const made = new Set((await Promise.all(Array.from({ length: 5 }, run))).map(({ stdout }) => stdout));
    assert.equal(made.size, 1);
    assert.deepEqual(await readdir(home), ['decisions.key']);
  });

  it('may be one that the environment names, whose public half alone is enough to check', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    await writeFile(join(home, 'mine.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const api = { decisions: { unsigned: 'refuse' as const, signWith: `file:${join(home, 'mine.pem')}` } };
    const { sign, publicKey } = createSigner(api, env());
    const proof = sign(said);
    const worker = { decisions: { unsigned: 'refuse' as const, keys: [`file:${join(home, 'public')}`] } };
    await writeFile(join(home, 'public'), publicKey);
    for (const environment of [api, worker]) assert.ok(isProven(readDecisionKeys(environment, env()), said, proof));
    const rotated = { decisions: { ...worker.decisions, keys: [createSigner(unsaid, env()).publicKey, ...worker.decisions.keys] } };
    assert.ok(isProven(readDecisionKeys(rotated, env()), said, proof));
    assert.equal(isProven(readDecisionKeys(unsaid, env()), said, proof), false);
    assert.ok(!(await readFile(join(home, 'decisions.key'), 'utf8')).includes(publicKey));
  });

  it('is used on the command line for whoever has their own token, and for nobody else', async () => {
    const environment = await loadEnvironment('environments/range.yaml');
    const known = { MUSTER_RANGE_TOKEN_ANA: 'of-ana', MUSTER_RANGE_TOKEN_BEN: 'of-ben' };
    assert.equal(isTokenOf(environment, 'ana', 'of-ana', known), true);
    for (const [subject, token] of [
      ['ana', 'of-ben'],
      ['ana', undefined],
      ['sam', 'of-ana'],
      ['zoe', 'of-ana'],
    ] as const)
      assert.equal(isTokenOf(environment, subject, token, known), false, `${subject} ${token}`);
    assert.equal(isTokenOf(environment, 'ana', 'of-ana', {}), false);
  });
});
