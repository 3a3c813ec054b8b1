import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { cloneFolder } from '../config/tools.ts';

/** Bundles the workflow code once, so that every start of a worker is short; gives the file. */
export async function bundleWorkflows(file: string): Promise<string> {
  const source = (path: string) => join(cloneFolder, 'src/workflows', path);
  const { code } = await bundleWorkflowCode({
    workflowsPath: source('index.ts'),
    // What a worker without a bundle gives to its own: see worker.ts.
    workflowInterceptorModules: [source('kit/interceptors.ts')],
    logger: new DefaultLogger('WARN'),
  });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, code);
  return file;
}
