import { writeFile } from 'node:fs/promises';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { workflowInterceptors, workflowsPath } from '../config/workflow-code.ts';

/** Bundles the workflow code with its interceptors into one file, as a worker loads it by MUSTER_WORKFLOW_BUNDLE. */
export async function bundleWorkflows(file: string): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: workflowInterceptors,
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(file, code);
}
