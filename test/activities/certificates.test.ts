import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify, parse } from 'yaml';
import { certificateActivities } from '../../src/activities/service/certificates.ts';
import { parseEnvironment } from '../../src/config/environment.ts';
import { toolPath } from '../../src/config/tools.ts';
import { failureOf, inStep } from './in-step.ts';
import { deadUrl, smallServers, type SmallServer } from './small-server.ts';

type Pair = { key: string; cert: string };
const leaf = { by: 'middle', names: ['localhost'] };
/** Times in days from now. */
const wanted = {
  root: { ca: true },
  middle: { by: 'root', ca: true },
  stranger: { ca: true },
  ...{
    good: leaf,
    better: { ...leaf, until: 60 },
    short: { ...leaf, until: 5 },
    ended: { ...leaf, from: -9, until: -1 },
    early: { ...leaf, from: 2 },
  },
  ...{ other: { ...leaf, names: ['shop.example.com'] }, unknown: { ...leaf, by: 'stranger' }, alone: { names: ['localhost'] } },
};
/** Authorities and certificates, by the library that moto brings along. */
const maker = `
import datetime, ipaddress, json, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

made = {}
now = datetime.datetime.now(datetime.timezone.utc)
for name, spec in json.load(sys.stdin).items():
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
    issuer, signer = made[spec["by"]] [:2] if "by" in spec else (subject, key)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=spec.get("from", -1)))
        .not_valid_after(now + datetime.timedelta(days=spec.get("until", 90)))
        .add_extension(x509.BasicConstraints(ca=spec.get("ca", False), path_length=None), critical=True)
    )
    names = [x509.DNSName(each) for each in spec.get("names", [])]
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    made[name] = (subject, key, builder.sign(signer, hashes.SHA256()))
pem = serialization.Encoding.PEM
print(json.dumps({
    name: {
        "key": key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode(),
        "cert": certificate.public_bytes(pem).decode(),
    }
    for name, (_, key, certificate) in made.items()
}))
`;
const east = { service: 'shop', region: 'east' };

describe('the certificate that a service presents', () => {
  const serve = smallServers();
  const folder = mkdtempSync(join(tmpdir(), 'muster-certificates-'));
  const authority = join(folder, 'root.pem');
  let made: Record<keyof typeof wanted, Pair>;
  let server: Server;
  before(() => {
    made = JSON.parse(execFileSync(toolPath('python'), ['-c', maker], { input: JSON.stringify(wanted), encoding: 'utf8' })) as typeof made;
    writeFileSync(authority, made.root.cert);
    process.env['MUSTER_TEST_HOOK_TOKEN'] = 'hook-token';
  });
  beforeEach(async () => {
    server = createServer({}, (_, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => void server.close(resolve)));
  after(() => {
    delete process.env['MUSTER_TEST_HOOK_TOKEN'];
    rmSync(folder, { recursive: true });
  });

  const present = (name: keyof typeof wanted, chain: readonly (keyof typeof wanted)[] = ['middle']) =>
    server.setSecureContext({ key: made[name].key, cert: [name, ...chain].map((one) => made[one].cert).join('') });
  const tools = (more: object = {}) => {
    const text = parse(readFileSync('environments/range.yaml', 'utf8')) as { services: { shop: Record<string, unknown> } };
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    text.services.shop['certificate'] = { url, authority, within: '2s', ...more };
    return certificateActivities(parseEnvironment(stringify(text), 'range.yaml'));
  };
  const look = async (more: object = {}) => (await inStep(tools(more).readCertificate, east)).result;
  const hook = (renews: keyof typeof wanted) => serve(() => (present(renews), { status: 200 }));
  const by = ({ url }: SmallServer) => ({ renew: { by: 'http', url, token: 'env:MUSTER_TEST_HOOK_TOKEN' } });

  it('is read with its issuer, its names and the days that are left', async () => {
    present('good');
    assert.deepEqual(await look(), {
      ...(await look()),
      answer: 'presents',
      trouble: null,
      detail: 'of middle for localhost, 89 days left',
      canRenew: false,
    });
  });

  it('is in trouble for a reason that is said in words', async () => {
    const cases: [keyof typeof wanted, (keyof typeof wanted)[], RegExp][] = [
      ['short', ['middle'], /^it ends in 4 days, at 20/],
      ['ended', ['middle'], /^it ended at 20/],
      ['early', ['middle'], /^it begins only at 20/],
      ['other', ['middle'], /^it covers shop\.example\.com, not localhost$/],
      ['good', [], /^the server does not send the certificates between it and its authority$/],
      ['unknown', ['stranger'], /^the authority at the end of its chain is not trusted$/],
      ['alone', [], /^it is signed by itself, and nobody trusts it$/],
    ];
    for (const [name, chain, why] of cases) {
      present(name, chain);
      assert.match((await look()).trouble!, why);
    }
  });

  it('tells a server that refuses from one that is dead', async () => {
    const plain = await serve(() => ({ status: 200 }));
    const seen = await Promise.all([
      look(),
      look({ url: plain.url.replace('http:', 'https:') }),
      look({ url: (await deadUrl()).replace('http:', 'https:') }),
    ]);
    assert.deepEqual(
      seen.map((one) => [one.answer, one.detail.replace(/^[^ ]+ |ssl\S* (alert )?/g, '').replace(/127\S+/, 'it')]),
      [
        ['refuses', 'it refuses: handshake failure'],
        ['refuses', 'it answers, and does not speak TLS'],
        ['nothing', 'connect ECONNREFUSED it'],
      ],
    );
  });

  it('is renewed once by the hook, which learns the host and the operation; a dry run only predicts it', async () => {
    present('ended');
    const hooked = await hook('good');
    const former = (await look()).fingerprint;
    const { renewCertificate } = tools(by(hooked));
    const { predicted } = await inStep(renewCertificate, { ...east, former }, { mode: 'simulate' });
    assert.deepEqual([predicted, hooked.asked.length], [[{ call: `POST ${hooked.url}`, args: { host: 'localhost' } }], 0]);
    const { result } = await inStep(renewCertificate, { ...east, former });
    assert.deepEqual([result.trouble, result.fingerprint === former], [null, false]);
    await inStep(renewCertificate, { ...east, former }, { attempt: 2 });
    const { operation } = hooked.asked[0]!.body as { operation: string };
    assert.match(operation, /^\w{32}$/);
    assert.deepEqual(
      hooked.asked.map(({ body, headers }) => [body, headers.authorization]),
      [[{ host: 'localhost', operation }, 'Bearer hook-token']],
    );
  });

  it('is renewed by a program of the environment, with its words as they stand there', async () => {
    present('short');
    const hooked = await hook('better');
    const script = `fetch(process.argv[1], { method: 'POST', body: JSON.stringify([process.argv[2], process.env.MUSTER_OPERATION]) })`;
    const renew = { by: 'program', program: process.execPath, arguments: ['-e', script, hooked.url, '{host}'] };
    await inStep(tools({ renew }).renewCertificate, { ...east, former: (await look()).fingerprint });
    const [host, operation] = hooked.asked[0]!.body as string[];
    assert.deepEqual([host, operation?.length], ['localhost', 32]);
  });

  it('is not believed to be renewed when the new one is no better, or none comes', async () => {
    present('ended');
    const former = (await look()).fingerprint;
    const worse = await failureOf(inStep(tools(by(await hook('other'))).renewCertificate, { ...east, former }));
    assert.deepEqual(
      [worse.name, worse.message],
      ['Permanent', 'the new certificate is no better: it covers shop.example.com, not localhost'],
    );
    present('ended');
    const none = await failureOf(inStep(tools(by(await serve(() => ({ status: 200 })))).renewCertificate, { ...east, former }));
    assert.match(none.message, /to present a new certificate/);
  });
});
