import { fileURLToPath } from 'node:url';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where the workflow code is: the bundle that the build made (MUSTER_WORKFLOW_BUNDLE), or the sources. */
export function workflowSource(env: NodeJS.ProcessEnv = process.env): { workflowBundle: { codePath: string } } | { workflowsPath: string } {
  const bundle = env['MUSTER_WORKFLOW_BUNDLE'];
  return bundle ? { workflowBundle: { codePath: bundle } } : { workflowsPath };
}

export const workflowsPath = here('../workflows/index.ts');

/** Interceptors belong to the bundle too: one without them would run without modes and evidence. */
export const workflowInterceptors = [here('../workflows/kit/interceptors.ts')];
