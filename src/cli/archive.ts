import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Ids of the runs that an archive holds reports of, the newest first. */
export function newestFolders(archive: string): string[] {
  return readdirSync(archive, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'incidents')
    .map(({ name }) => ({ name, at: statSync(join(archive, name)).mtimeMs }))
    .sort((one, other) => other.at - one.at)
    .map(({ name }) => name);
}
