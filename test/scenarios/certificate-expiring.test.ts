import assert from 'node:assert/strict';
import { answer, copy, plan, running, scenarioBench, stuck, world } from './bench.ts';

describe('certificateExpiring', function () {
  this.timeout(60_000);
  let certificate: Record<string, unknown>;
  const well = { readPods: running(copy('shop-1'), copy('shop-2'), copy('shop-3')) };
  const bench = scenarioBench(() => {
    const tools = world('nothing', well)();
    const renewed = () => tools.done.includes('renewCertificate east');
    const good = { answer: 'presents', fingerprint: 'B', detail: 'of ours', trouble: null, canRenew: true };
    const hold = () => ({ readings: 4, good: 4, bad: 0, missing: 0, errorRate: 0, worstMs: 1, detail: 'of ours' });
    Object.assign(tools.answers, { readCertificate: () => (renewed() ? good : { ...good, ...certificate }), holdCertificate: hold });
    return tools;
  });
  const asked = { answer: 'presents', fingerprint: 'A', trouble: 'it ends in 4 days' };

  it('renews what ends soon when people approve, and watches what is presented', async () => {
    certificate = asked;
    await bench.run(
      'certificateExpiring',
      async (run) => {
        const view = await answer(run);
        assert.deepEqual(
          [view.state, view.gates.map(({ question }) => question)],
          ['completed', ['Renew the certificate of shop in east?']],
        );
        assert.deepEqual(bench.tools.done, ['renewCertificate east']);
      },
      { plan },
    );
  });

  it('changes nothing when the certificate lasts', async () => {
    certificate = { trouble: null };
    await bench.run(
      'certificateExpiring',
      async (run) => {
        assert.equal((await answer(run)).state, 'completed');
        assert.deepEqual(bench.tools.done, []);
      },
      { plan },
    );
  });

  for (const [why, state] of Object.entries({
    'a server that is dead': { answer: 'nothing', fingerprint: null, trouble: 'nothing answers' },
    'a server that refuses': { answer: 'refuses', fingerprint: null, trouble: 'it does not speak TLS' },
    'a certificate that nobody renews': { ...asked, canRenew: false },
  }))
    it(`goes to people for ${why}`, async () => {
      certificate = state;
      await bench.run(
        'certificateExpiring',
        async (run) => {
          assert.ok(stuck(await answer(run)));
          assert.deepEqual(bench.tools.done, []);
        },
        { plan },
      );
    });
});
