import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Request } from 'express';
import { z } from 'zod';
import { cloneFolder } from '../../config/tools.ts';
import { ApiProblem } from '../errors.ts';
import { route, type Answer, type Route } from '../route.ts';

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

interface File {
  path: string;
  type: string;
  /** Small enough for a slow line; every browser reads it so. */
  packed: Buffer;
  plain: Buffer;
}

let built: readonly File[] | undefined;

/** The console as it was built, read once. Throws a sentence when it was not. */
function consoleFiles(): readonly File[] {
  const folder = join(cloneFolder, 'dist/console');
  const read = (name: string): File => {
    const plain = readFileSync(join(folder, name));
    return {
      path: name === 'index.html' ? '/' : `/${name}`,
      type: types[extname(name)] ?? 'application/octet-stream',
      plain,
      packed: gzipSync(plain),
    };
  };
  try {
    built ??= ['index.html', ...readdirSync(join(folder, 'assets')).map((name) => `assets/${name}`)].map(read);
  } catch (cause) {
    throw new Error('the console is not built (npm run build): dist/console cannot be read', { cause });
  }
  return built;
}

const files = z.strictObject({ file: z.string().regex(/^[\w.-]{1,100}$/, 'is not the name of a file') });

/** The console for people; it holds no data, so everybody may load it. */
export function pageRoutes(): Route[] {
  const parts = consoleFiles();
  const packs = (request: Request) => request.acceptsEncodings('gzip') === 'gzip';
  return [
    route(
      {
        method: 'get',
        path: '/',
        permission: 'public',
        summary: 'The console',
        responses: { 200: { description: 'The page that loads its parts', type: 'text/html' } },
      },
      async ({ request }) => ({ status: 200, ...answerOf(parts[0]!, packs(request)) }),
    ),
    route(
      {
        method: 'get',
        path: '/assets/:file',
        permission: 'public',
        // One look at the page is many files.
        pace: 'unlimited',
        summary: 'A part of the console',
        params: files,
        responses: {
          200: { description: 'The file', type: 'text/javascript' },
          404: { description: 'No such file: the console is a newer one' },
        },
      },
      async ({ params: { file }, request }) => {
        const found = parts.find(({ path }) => path === `/assets/${file}`);
        if (!found) throw new ApiProblem(404, 'NotFound', `There is no ${file}; load the console again.`);
        return { status: 200, ...answerOf(found, packs(request)) };
      },
    ),
  ];
}

/** A refusal as a browser shows it to a person: the console, which says what to do. Throws the problem to who reads no pages. */
export function refusalPage(problem: ApiProblem, accept: string | undefined): Answer {
  if (!accept?.includes('text/html')) throw problem;
  return { status: problem.status, ...answerOf(consoleFiles()[0]!, false) };
}

function answerOf({ path, type, packed, plain }: File, packs: boolean): Omit<Answer, 'status'> {
  // Names of assets change with what they hold.
  const cache = path === '/' ? 'no-cache' : 'public, max-age=31536000, immutable';
  const headers = { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': cache, Vary: 'Accept-Encoding' };
  return packs ? { body: packed, headers: { ...headers, 'Content-Encoding': 'gzip' } } : { body: plain, headers };
}
