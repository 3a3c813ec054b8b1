import { z } from 'zod';
import { type Finding, jsonOf, readProgram, sayNames } from './read-program.ts';

export interface Deployment {
  namespace: string;
  name: string;
  replicas: number;
}
export interface ComposeProject {
  name: string;
  file: string;
}

const listOfDeployments = z.object({
  items: z.array(
    z.object({ metadata: z.object({ name: z.string(), namespace: z.string() }), spec: z.object({ replicas: z.number().optional() }) }),
  ),
});
const listOfProjects = z.array(z.object({ Name: z.string(), ConfigFiles: z.string().default('') }));

const linesOf = (text: string) => text.split('\n').flatMap((line) => line.trim() || []);

/** Contexts of the kubeconfig, the current one first. */
export async function lookForContexts(): Promise<{ contexts: string[]; finding: Finding }> {
  const [all, current] = await Promise.all([
    readProgram('kubectl', ['config', 'get-contexts', '--output=name']),
    readProgram('kubectl', ['config', 'current-context']),
  ]);
  if ('problem' in all) return { contexts: [], finding: { found: false, says: `kubectl ${all.problem}: no cluster was looked at` } };
  const first = 'text' in current ? linesOf(current.text) : [];
  const contexts = [...new Set([...first, ...linesOf(all.text)])];
  return { contexts, finding: { found: contexts.length > 0, says: `kubectl has the contexts: ${sayNames(contexts)}` } };
}

/** Deployments that may be seen in a context. */
export async function lookForDeployments(context: string): Promise<{ deployments: Deployment[]; finding: Finding }> {
  const ask = ['get', 'deployments', '--all-namespaces', '--output=json', '--request-timeout=4s'];
  const said = await readProgram('kubectl', [`--context=${context}`, ...ask]);
  const listed = listOfDeployments.safeParse(jsonOf(said));
  if (!listed.success) {
    const problem = 'problem' in said ? said.problem : 'answers nothing that can be read';
    return { deployments: [], finding: { found: false, says: `the Deployments of ${context} could not be looked at: kubectl ${problem}` } };
  }
  const deployments = listed.data.items
    .map(({ metadata, spec }) => ({ namespace: metadata.namespace, name: metadata.name, replicas: spec.replicas ?? 1 }))
    .filter(({ namespace }) => !namespace.startsWith('kube-'));
  const names = deployments.map(({ namespace, name }) => `${namespace}/${name}`);
  return { deployments, finding: { found: names.length > 0, says: `${context} has the Deployments: ${sayNames(names)}` } };
}

/** Projects of docker compose on this machine's engine. */
export async function lookForProjects(): Promise<{ projects: ComposeProject[]; finding: Finding }> {
  const said = await readProgram('docker', ['compose', 'ls', '--all', '--format', 'json']);
  const listed = listOfProjects.safeParse(jsonOf(said));
  if (!listed.success) {
    const problem = 'problem' in said ? said.problem : 'answers nothing that can be read';
    return { projects: [], finding: { found: false, says: `docker ${problem}: no project of docker compose was looked at` } };
  }
  const projects = listed.data.map(({ Name, ConfigFiles }) => ({ name: Name, file: ConfigFiles.split(',')[0] ?? '' }));
  return {
    projects,
    finding: { found: projects.length > 0, says: `docker compose has the projects: ${sayNames(projects.map(({ name }) => name))}` },
  };
}

/** Services of a project that have containers. */
export async function lookForServices(project: string): Promise<{ services: string[]; finding: Finding }> {
  const filter = ['--all', '--filter', `label=com.docker.compose.project=${project}`];
  const said = await readProgram('docker', ['ps', ...filter, '--format', '{{.Label "com.docker.compose.service"}}']);
  if ('problem' in said)
    return { services: [], finding: { found: false, says: `the containers of ${project} could not be looked at: docker ${said.problem}` } };
  const services = [...new Set(linesOf(said.text))];
  return { services, finding: { found: services.length > 0, says: `${project} has containers of the services: ${sayNames(services)}` } };
}
