import { readFileSync } from 'node:fs';
import type { Build } from './content.ts';

/** The build that is running: its version, its Node, and the Temporal SDK that it was made for. */
export function thisBuild(): Build {
  const { version, dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
    dependencies: Record<string, string>;
  };
  const temporal = dependencies['@temporalio/worker'];
  return { version, node: process.version, ...(temporal === undefined ? {} : { temporal: `SDK ${temporal}` }) };
}
