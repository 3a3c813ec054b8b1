import { fileURLToPath } from 'node:url';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const workflowsPath = here('../workflows/index.ts');

/** Interceptors belong to the workflow code: without them it would run without modes and evidence. */
export const workflowInterceptors = [here('../workflows/kit/interceptors.ts')];

/** The workflow code for a worker: the bundle that the build made (MUSTER_WORKFLOW_BUNDLE), which has its interceptors in it, or the sources. */
export function workflowSource(env: NodeJS.ProcessEnv = process.env) {
  const bundle = env['MUSTER_WORKFLOW_BUNDLE'];
  return bundle
    ? { code: { workflowBundle: { codePath: bundle } }, interceptors: [] }
    : { code: { workflowsPath }, interceptors: workflowInterceptors };
}
