import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { homeFolder } from '../home.ts';
import { claim } from './private-file.ts';

/** Takes a sign-in link (`subject:token`) for the first API that is told of it; false for every later one, also after years. Throws when that cannot be noted. */
export function takeLink(link: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const folder = join(homeFolder(env), 'sign-in-links');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return claim(join(folder, createHash('sha256').update(link).digest('hex')));
}
