import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cloneFolder } from './tools.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const workflowsPath = here('../workflows/index.ts');

/** Interceptors belong to the workflow code: without them it would run without modes and evidence. */
export const workflowInterceptors = [here('../workflows/kit/interceptors.ts')];

/** Workflow code as workers load it; its interceptors are in it. */
export interface WorkflowCode {
  codePath: string;
}

const cache = join(cloneFolder, 'dist/workflows');
const bundles = new Map<string, Promise<WorkflowCode>>();

/** The workflow code for a worker: the bundle that the build made (MUSTER_WORKFLOW_BUNDLE), or the sources, bundled. */
export async function workflowSource(env: NodeJS.ProcessEnv = process.env): Promise<{ workflowBundle: WorkflowCode }> {
  const codePath = env['MUSTER_WORKFLOW_BUNDLE'];
  return { workflowBundle: codePath ? { codePath } : await bundleWorkflows() };
}

/** Bundles workflow code with its interceptors, once for each state of its sources: the next process finds it in `dist/workflows`. */
export function bundleWorkflows(path = workflowsPath, interceptors = workflowInterceptors): Promise<WorkflowCode> {
  const sources = [path, ...interceptors];
  const made = bundles.get(sources.join()) ?? bundleOnce(sources);
  bundles.set(sources.join(), made);
  return made;
}

async function bundleOnce(sources: string[]): Promise<WorkflowCode> {
  // Loaded late: what bundles is large, and a worker that gets a bundle does without it.
  const { build } = await import('esbuild');
  const parts = join(cache, `parts-${process.pid}-${bundles.size}`);
  const { outputFiles } = await build({
    absWorkingDir: cloneFolder,
    // First into a few modules, which takes no time and leaves little for Temporal's own bundler. A workflow's name is its function's.
    ...{
      entryPoints: sources.map((source, index) => ({ in: source, out: String(index) })),
      outdir: parts,
      splitting: true,
      keepNames: true,
    },
    ...{ bundle: true, packages: 'external', format: 'esm', platform: 'node', target: 'es2022', sourcemap: 'inline', write: false },
  });
  const digest = createHash('sha256').update(await readFile(join(cloneFolder, 'package-lock.json')));
  for (const { path, contents } of outputFiles) digest.update(relative(parts, path)).update(contents);
  const codePath = join(cache, `${basename(sources[0]!, '.ts')}-${digest.digest('hex').slice(0, 16)}.js`);
  if (existsSync(codePath)) {
    // Noted as used, where that may be noted.
    await utimes(codePath, new Date(), new Date()).catch(() => undefined);
    return { codePath };
  }
  await forgetOld();
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  await mkdir(parts, { recursive: true });
  try {
    for (const { path, contents } of outputFiles) await writeFile(path, contents);
    const [workflows, ...interceptors] = sources.map((_, index) => join(parts, `${index}.js`));
    const { code } = await bundleWorkflowCode({
      ...{ workflowsPath: workflows!, workflowInterceptorModules: interceptors, logger: new DefaultLogger('WARN') },
    });
    await writeFile(join(parts, 'bundle.js'), code);
    // Another process may make it at the same time; both are the same.
    await rename(join(parts, 'bundle.js'), codePath);
  } finally {
    await rm(parts, { recursive: true, force: true });
  }
  return { codePath };
}

/** Takes away what nobody has asked for within a day. */
async function forgetOld(): Promise<void> {
  for (const name of await readdir(cache).catch(() => [])) {
    const file = join(cache, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }));
    if (mtimeMs < Date.now() - 86_400_000) await rm(file, { recursive: true, force: true });
  }
}
