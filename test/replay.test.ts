import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { bundleWorkflows } from '../src/config/workflow-code.ts';
import { catalogue } from '../src/catalogue.ts';
import './quiet-runtime.ts';

const folder = 'test/histories';
const bundleOf = (source: string) =>
  bundleWorkflows(resolve(source, 'workflows/index.ts'), [resolve(source, 'workflows/kit/interceptors.ts')]);

interface Replayer {
  /** Replays a recorded history under its own workflow id, which runs use for what they leave behind. Throws when they part. */
  replay(file: string, change?: (history: string) => string): Promise<void>;
  stop(): Promise<void>;
}

/** One worker for any number of histories, one after the other: a worker costs more than most histories. */
function replayer(workflowBundle: Awaited<ReturnType<typeof bundleOf>>): Replayer {
  const asked = new PassThrough({ objectMode: true });
  const results = Worker.runReplayHistories({ workflowBundle, workflowThreadPoolSize: 1 }, asked);
  return {
    replay: async (file, change = (history) => history) => {
      const history = historyFromJSON(JSON.parse(change(readFileSync(join(folder, file), 'utf8'))));
      asked.write({ history, workflowId: history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? file });
      const replayed = await results.next();
      if (replayed.done) throw new Error(`the worker ended before it had replayed ${file}`);
      if (replayed.value.error) throw replayed.value.error;
    },
    stop: async () => {
      asked.end();
      await results.next();
    },
  };
}

describe('histories of past runs', function () {
  this.timeout(60_000);
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  let today: Replayer;
  before(async () => void (today = replayer(await bundleOf('src'))));
  after(() => today?.stop());

  it('are there for every runbook', () => {
    const isOf = (name: string) => (file: string) => file === `${name}.json` || file.startsWith(`${name}-`);
    assert.deepEqual(
      catalogue.map(({ name }) => name).filter((name) => !files.some(isOf(name))),
      [],
    );
  });

  for (const file of files) {
    it(`still agree with today's code: ${file.replace('.json', '')}`, async () => {
      await today.replay(file);
    });
  }

  it('agree also when they name an incident from before runs told theirs anything', async () => {
    await today.replay('fence-on-return.json', (text) => {
      const history = JSON.parse(text) as {
        events: { workflowExecutionStartedEventAttributes: { input: { payloads: { data: string }[] } } }[];
      };
      const [payload] = history.events[0]!.workflowExecutionStartedEventAttributes.input.payloads;
      const plan = JSON.parse(Buffer.from(payload!.data, 'base64').toString()) as { run: object };
      const named = { ...plan, run: { ...plan.run, incident: 'INC-2026-03-14-001' } };
      payload!.data = Buffer.from(JSON.stringify(named)).toString('base64');
      return JSON.stringify(history);
    });
  });

  it('do not agree with a runbook whose steps were put in another order', async () => {
    const copy = mkdtempSync('.muster-mutant-');
    try {
      cpSync('src', join(copy, 'src'), { recursive: true });
      symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
      const page = join(copy, 'src/workflows/recovery/fail-over-region.ts');
      const text = readFileSync(page, 'utf8');
      const first = /^ *const pointed = await pointService.*$/m.exec(text)![0];
      const second = /^ *await step\('Lift .*$/m.exec(text)![0];
      writeFileSync(page, text.replace(first, '#').replace(second, first).replace('#', second));
      const mutant = replayer(await bundleOf(join(copy, 'src')));
      await assert.rejects(mutant.replay('fail-over-region.json'), DeterminismViolationError);
      await mutant.stop();
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});
