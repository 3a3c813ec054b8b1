import assert from 'node:assert/strict';
import { redact, redactText, rememberSecret, tail } from '../../src/activities/kit/redact.ts';

const canary = 'hunter2hunter2';

describe('redaction', () => {
  for (const text of [
    `postgres://orders:${canary}@127.0.0.1:5432/orders`,
    `failed: postgresql://o:${canary}@db.example/orders?sslmode=require`,
    `https://${canary}@git.example/repo`,
    `Authorization: Bearer ${canary}`,
    `{"authorization":"Basic ${canary}"}`,
    `curl -H 'Authorization: OAuth ${canary}' https://x.example`,
    `sent with Bearer ${canary}.`,
    `password=${canary}&user=x`,
    `"apiKey": "${canary}"`,
    `PGPASSWORD=${canary} psql`,
    `token: ${canary}`,
    `https://x.example/?X-Amz-Signature=${canary}&X-Amz-Date=1`,
    `-----BEGIN RSA PRIVATE KEY-----\n${canary}\n-----END RSA PRIVATE KEY-----`,
  ]) {
    it(`takes the secret out of ${text.replaceAll(canary, '…').split('\n')[0]}`, () => {
      const clean = redactText(text);
      assert.ok(!clean.includes(canary), clean);
      assert.match(clean, /\[redacted\]/);
    });
  }

  it('knows secrets by their looks alone', () => {
    for (const secret of [
      'AKIAABCDEFGHIJKLMNOP',
      'xoxb-12345678-abcdefgh',
      'mst_visibly-fake-visibly-fake',
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
    ]) {
      assert.equal(redactText(`it was ${secret} then`), 'it was [redacted] then');
    }
  });

  it('leaves what is no secret alone', () => {
    for (const text of [
      'GET http://127.0.0.1:8080/orders/1?since=2026-01-01',
      'the token has expired',
      'rds:PromoteReadReplica orders-west',
      'a@b.example',
    ]) {
      assert.equal(redactText(text), text);
    }
  });

  it('takes secrets out of nested values, errors, maps and argument lists', () => {
    const clean = JSON.stringify(
      redact({
        MasterUserPassword: canary,
        nested: [{ deep: { routing_key: canary, url: `postgres://u:${canary}@h/d` } }],
        error: Object.assign(new Error(`Bearer ${canary}`), { cause: canary }),
        headers: new Map([['cookie', canary]]),
        argv: ['psql', '--password', canary],
        bytes: Buffer.from(canary),
        when: new Date(0),
        kept: 'orders-west',
      }),
    );
    assert.ok(!clean.includes(canary), clean);
    assert.ok(clean.includes('orders-west') && clean.includes('1970-01-01') && clean.includes('[14 bytes]'));
  });

  it('survives values that hold themselves', () => {
    const loop: Record<string, unknown> = { name: 'x' };
    loop['self'] = loop;
    assert.deepEqual(redact(loop), { name: 'x', self: '[…]' });
  });

  it('takes out a known secret wherever it turns up', () => {
    rememberSecret('plain-words-as-secret');
    assert.equal(redactText('it said plain-words-as-secret twice'), 'it said [redacted] twice');
  });

  it('is fast on long hostile texts', () => {
    const started = Date.now();
    for (const text of [
      'a'.repeat(200_000),
      'a.'.repeat(100_000),
      'eyJaaaaaaaaa.'.repeat(10_000),
      'http://'.repeat(20_000),
      'token='.repeat(20_000),
      `${'eyJ'.repeat(30_000)}.`,
    ])
      redactText(text);
    assert.ok(Date.now() - started < 2_000, `${Date.now() - started} ms`);
  });

  it('keeps the end of a long text, whole characters only', () => {
    assert.equal(tail('short', 10), 'short');
    assert.equal(tail('ä'.repeat(10), 5), '…ää');
  });
});
