import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSignedBy, keysFolder, knownFolder, knownKeys, signingKey } from '../../src/config/keys.ts';

describe('the key that signs evidence', () => {
  let home: string;
  beforeEach(async () => (home = await mkdtemp(join(tmpdir(), 'muster-keys-'))));
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('is made once, for its owner only, and its public half is known from then on', async () => {
    const env = { MUSTER_HOME: home };
    const key = signingKey(env);
    assert.equal(signingKey(env).id, key.id);
    assert.equal((await stat(join(keysFolder(env), 'signing.pem'))).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(knownFolder(env)), [`${key.id}.pem`]);
    assert.deepEqual((await readdir(keysFolder(env))).sort(), ['known', 'signing.pem']);
    assert.deepEqual([...knownKeys(env)], [key.publicKey]);
  });

  it('can be one that is given, and must then be there', () => {
    const given = signingKey({ MUSTER_HOME: home });
    const env = { MUSTER_HOME: join(home, 'other'), MUSTER_SIGNING_KEY: join(keysFolder({ MUSTER_HOME: home }), 'signing.pem') };
    assert.equal(signingKey(env).id, given.id);
    assert.deepEqual([...knownKeys(env)], [given.publicKey]);
    assert.throws(() => signingKey({ MUSTER_SIGNING_KEY: join(home, 'nowhere') }), /ENOENT/);
  });

  it('signs so that a changed text, another key and another spelling of the signature are told', async () => {
    const [ours, theirs] = [signingKey({ MUSTER_HOME: home }), signingKey({ MUSTER_HOME: join(home, 'other') })];
    const signature = ours.sign('text');
    assert.equal(isSignedBy(ours.publicKey, 'text', signature), true);
    assert.equal(isSignedBy(ours.publicKey, 'texts', signature), false);
    assert.equal(isSignedBy(theirs.publicKey, 'text', signature), false);
    assert.equal(isSignedBy(ours.publicKey, 'text', signature.replace(/=+$/, '')), false);
    assert.equal(isSignedBy('no key', 'text', signature), false);
    await writeFile(join(knownFolder({ MUSTER_HOME: home }), 'broken.pem'), 'no key');
    assert.equal(knownKeys({ MUSTER_HOME: home }).size, 1);
  });
});
