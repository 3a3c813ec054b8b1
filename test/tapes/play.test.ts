import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectTemporal, startEmbeddedTemporal, type EmbeddedTemporal } from '../../src/config/temporal.ts';
import { loadEnvironment } from '../../src/config/environment.ts';
import { verifyReport } from '../../src/report/verify.ts';
import { createRuns, RunProblem } from '../../src/runs/runs.ts';
import { outcomeOf } from '../../src/tapes/outcome.ts';
import { play } from '../../src/tapes/play.ts';
import { scoreOf } from '../../src/tapes/score.ts';
import { readTape } from '../../src/tapes/tape.ts';
import type { RunView } from '../../src/workflows/messages.ts';
import '../quiet-runtime.ts';
import { tapeOf } from './recorded.ts';

describe('a tape that is played with people', function () {
  this.timeout(90_000);
  let folder: string;
  let server: EmbeddedTemporal;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-play-'));
    server = await startEmbeddedTemporal({ folder });
  });
  after(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('runs at twenty times its speed, is decided as any run is, says everywhere what it is, and calls nothing', async () => {
    let calls = 0;
    const listener = createServer((socket) => {
      calls += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    // Every address that the recorded run knew is now that of the listener.
    const text = JSON.stringify(await tapeOf('fail-over-region'));
    const tape = readTape(text.replace(/127\.0\.0\.1:\d+/g, `127.0.0.1:${port}`).replace(/"port":\d+/g, `"port":${port}`));

    const { address, namespace } = server;
    const target = { address, namespace, connectionOptions: { address } };
    const temporal = await connectTemporal(target);
    const runs = createRuns({ client: temporal.client, environment: await loadEnvironment('environments/range.yaml') });
    const refused: string[] = [];
    let asked: RunView | undefined;
    try {
      const last = await play(tape, {
        ...{ client: temporal.client, target, speed: 20, archive: join(folder, 'archive'), signal: new AbortController().signal },
        seen: async (view) => {
          const gate = view.gates.find(({ state }) => state === 'open');
          if (!gate || asked) return;
          asked = view;
          const decide = (by: string) => runs.command(view.runId, 'approve', { by, gate: gate.id, digest: gate.digest, channel: 'api' });
          await decide('sam').catch((error: RunProblem) => refused.push(error.code));
          await decide('ana');
          await decide('ben');
        },
      });
      assert.equal(last!.state, 'completed');
      const lasted = ({ startedAt, endedAt }: { startedAt: string; endedAt?: string | undefined }) =>
        Date.parse(endedAt!) - Date.parse(startedAt);
      assert.ok(lasted(last!) < lasted(tape.runs[0]!.outcome), `${lasted(last!)}`);
      assert.deepEqual(refused, ['NotEntitled']);
      assert.equal(asked!.title, 'TAPE: Fail shop over from east to west');
      assert.deepEqual([last!.mode, last!.pastPointOfNoReturn, last!.incident], ['tape', true, undefined]);
      assert.ok(last!.messages.every((message) => message.state !== 'sent' && message.text.startsWith('TAPE, nothing happens. ')));
      const [listed] = await runs.list();
      assert.deepEqual([listed!.mode, listed!.runId, listed!.title], ['tape', last!.runId, last!.title]);

      const { comparison, total, lost } = scoreOf(tape.runs[0]!.outcome, outcomeOf(last!));
      assert.ok(Math.abs(comparison.now.rto.actualMs! - comparison.recorded.rto.actualMs!) < 15_000, `${comparison.now.rto.actualMs}`);
      assert.ok(total > 80, JSON.stringify(lost));

      const report = join(folder, 'archive', last!.runId);
      assert.match(
        await readFile(join(report, 'report.md'), 'utf8'),
        /# TAPE: Fail shop over.*This run played a tape: a past run answered, nothing was touched/s,
      );
      assert.equal((await verifyReport(report)).ok, true);
      assert.equal(calls, 0);
    } finally {
      await temporal.close();
      listener.close();
    }
  });
});
