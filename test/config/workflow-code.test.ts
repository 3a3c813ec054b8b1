import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows, workflowSource } from '../../src/config/workflow-code.ts';

describe('the workflow code', function () {
  this.timeout(120_000);

  it('is bundled with its interceptors, each workflow under its own name, and once for each state of the sources', async () => {
    const { codePath } = await bundleWorkflows();
    const code = readFileSync(codePath, 'utf8');
    for (const name of ['failOverRegion', 'mitigate']) assert.match(code, new RegExp(`__name\\)\\(\\w+, "${name}"\\)`));
    const { mtimeMs } = statSync(codePath);
    assert.deepEqual(await workflowSource({}), { workflowBundle: { codePath } });
    assert.equal(statSync(codePath).mtimeMs, mtimeMs);
    const waiting = fileURLToPath(new URL('../kit/waiting.ts', import.meta.url));
    assert.notEqual((await bundleWorkflows(waiting)).codePath, codePath);
    assert.notEqual((await bundleWorkflows(waiting, [])).codePath, (await bundleWorkflows(waiting)).codePath);
  });

  it('is what MUSTER_WORKFLOW_BUNDLE names, where that is set', async () => {
    assert.deepEqual(await workflowSource({ MUSTER_WORKFLOW_BUNDLE: '/built.js' }), { workflowBundle: { codePath: '/built.js' } });
  });
});
