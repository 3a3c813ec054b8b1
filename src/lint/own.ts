import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createActivities } from '../activities/index.ts';
import { type Kind, kindOf } from '../activities/kit/index.ts';
import { loadEnvironment } from '../config/environment.ts';
import type { Sources, Ts } from './code.ts';

/** The TypeScript compiler, or undefined where only the built program is installed. */
export async function compiler(): Promise<Ts | undefined> {
  return import('typescript').then(
    (loaded) => loaded.default,
    () => undefined,
  );
}

/** Source texts below a folder; paths are relative to it. */
export function folderSources(root: string): Sources {
  const list = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return list(path);
      return path.endsWith('.ts') ? [path] : [];
    });
  return {
    list,
    read: (path) => {
      try {
        return readFileSync(join(root, path), 'utf8');
      } catch {
        return undefined;
      }
    },
  };
}

/** Files of our own runbooks. */
export function ownPages(sources: Sources): string[] {
  return sources.list('src/workflows').filter((path) => /\/(recovery|scenarios)\/[\w-]+\.ts$|\/lifecycle\/drill\.ts$/.test(path));
}

/** The class of every activity, as the tools themselves say it. */
export async function ownKinds(environmentFile: string): Promise<Map<string, Kind>> {
  const activities = Object.entries(createActivities(await loadEnvironment(environmentFile)));
  return new Map(activities.flatMap(([name, activity]) => (kindOf(activity) ? [[name, kindOf(activity)!] as const] : [])));
}

/** A path as the lint names it: relative to the folder. */
export const pathIn = (root: string, path: string): string => relative(root, path).split('\\').join('/');
