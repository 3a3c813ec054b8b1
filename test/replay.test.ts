import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { bundleWorkflows } from '../src/config/workflow-code.ts';
import './quiet-runtime.ts';

const folder = 'test/histories';
const bundleOf = (source: string) =>
  bundleWorkflows(resolve(source, 'workflows/index.ts'), [resolve(source, 'workflows/kit/interceptors.ts')]);
/** Replays a recorded history under its own workflow id, which runs use for what they leave behind. */
async function replay(
  workflowBundle: Awaited<ReturnType<typeof bundleOf>>,
  file: string,
  change: (history: string) => string = (history) => history,
): Promise<void> {
  const history = historyFromJSON(JSON.parse(change(readFileSync(join(folder, file), 'utf8'))));
  const workflowId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  await Worker.runReplayHistory({ workflowBundle }, history, workflowId ?? file);
}

describe('histories of past runs', function () {
  this.timeout(60_000);
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  let workflowBundle: Awaited<ReturnType<typeof bundleOf>>;
  before(async () => {
    workflowBundle = await bundleOf('src');
  });

  it('are there for every runbook', () => {
    const runbooks = readdirSync('src/workflows/recovery').flatMap((file) => (file.endsWith('.about.ts') ? [] : [file.replace('.ts', '')]));
    assert.deepEqual(
      runbooks.filter((name) => !files.some((file) => file.startsWith(name))),
      [],
    );
  });

  for (const file of files) {
    it(`still agree with today's code: ${file.replace('.json', '')}`, async () => {
      await replay(workflowBundle, file);
    });
  }

  it('agree also when they name an incident from before runs told theirs anything', async () => {
    await replay(workflowBundle, 'fence-on-return.json', (text) => {
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
      const first = /^ *await step\(`Point .*$/m.exec(text)![0];
      const second = /^ *await step\('Lift .*$/m.exec(text)![0];
      writeFileSync(page, text.replace(first, '#').replace(second, first).replace('#', second));
      const mutant = await bundleOf(join(copy, 'src'));
      await assert.rejects(replay(mutant, 'fail-over-region.json'), DeterminismViolationError);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});
