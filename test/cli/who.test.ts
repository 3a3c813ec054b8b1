import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeApi, type FakeApi } from './support/fake-api.ts';
import { muster } from './support/muster.ts';
import { run } from './support/views.ts';

describe('who somebody says to be', () => {
  let api: FakeApi;
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'muster-'));
    api = await startFakeApi();
    api.reply = () => ({ status: 200, body: run({ verbs: ['resume'] }) });
  });
  afterEach(async () => {
    await api.close();
    await rm(home, { recursive: true });
  });

  const practise = () =>
    writeFile(
      join(home, 'session.json'),
      JSON.stringify({
        ...{ pid: process.pid, api: api.url, environmentFile: 'x', archive: 'x', token: 'of-you' },
        ...{ temporal: { address: '127.0.0.1:1', namespace: 'default' }, tokens: { ana: 'of-ana', ben: 'of-ben', you: 'of-you' } },
      }),
    );

  it('is never somebody else because of a slip of the hand, in any command', async () => {
    await practise();
    const commands = [['approve', 'run-1', '--yes'], ['show', 'run-1'], ['runs'], ['doctor'], ['incident', 'list'], ['readiness']];
    for (const words of commands) {
      const { code, stderr } = await muster([...words, '--as', 'anna'], { MUSTER_HOME: home });
      assert.deepEqual(
        [code, stderr],
        [3, 'muster: anna is not among the people of the practice range; did you mean ana? there are: ana, ben, you\n'],
      );
    }
    assert.deepEqual(api.asked, []);
  });

  it('is told by their own token on the practice range', async () => {
    await practise();
    await muster(['pause', 'run-1', '--as', 'ben'], { MUSTER_HOME: home });
    await muster(['pause', 'run-1'], { MUSTER_HOME: home, MUSTER_AS: 'ana' });
    const posted = api.asked.filter(({ method }) => method === 'POST');
    assert.deepEqual(
      posted.map(({ token }) => token),
      ['Bearer of-ben', 'Bearer of-ana'],
    );
  });

  it('is whose token it is, or it is refused', async () => {
    const variables = { MUSTER_API: api.url, MUSTER_TOKEN: 'visibly-fake', MUSTER_HOME: home };
    assert.equal((await muster(['show', 'run-1', '--as', 'sam'], variables)).code, 0);
    const other = await muster(['show', 'run-1', '--as', 'ana'], variables);
    assert.equal(other.code, 3);
    assert.match(other.stderr, /the token is that of Sam \(on call\), and --as says ana: give the token of ana in MUSTER_TOKEN/);
  });
});
