import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cloneFolder } from './tools.ts';

/** The sources, or what the build made of them where only that is installed. */
const [workflows, ending] = [
  [fileURLToPath(new URL('../workflows', import.meta.url)), '.ts'] as const,
  [join(cloneFolder, 'dist/src/workflows'), '.js'] as const,
].find(([folder]) => existsSync(folder)) ?? ['', '.ts'];
const imports = /^(?:import|export) (?!type )[^;]*? from ['"](\.[^'"]+)['"];/gms;
/** What every runbook is made of is tried by all runs of all runbooks, and says nothing about one of them. */
const common = /^(kit\/|(tools|messages|failures|view)\.|ports\/workload\.)/;
const known = new Map<string, string | null>();

/** Digest of a runbook's page with the procedures, facts and plans that it imports; null when the code is not there to be read. */
export function runbookCode(runbook: string): string | null {
  const digest = known.get(runbook) ?? digestOf(runbook);
  known.set(runbook, digest);
  return digest;
}

function digestOf(runbook: string): string | null {
  const page = ['recovery', 'scenarios'].map((room) => join(workflows, room, `${runbook}${ending}`)).find((file) => existsSync(file));
  if (page === undefined) return null;
  const texts = new Map<string, string>();
  const read = (file: string): void => {
    if (texts.has(file) || common.test(relative(workflows, file))) return;
    const text = readFileSync(file, 'utf8');
    texts.set(file, text);
    for (const [, path] of text.matchAll(imports)) read(normalize(join(dirname(file), path!)));
  };
  read(page);
  const parts = [...texts].map(([file, text]) => `${relative(workflows, file)}\n${text}`).sort();
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}
