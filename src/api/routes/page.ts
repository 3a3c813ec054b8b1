import { readFileSync } from 'node:fs';
import { route, type Route } from '../route.ts';

const types = { html: 'text/html', js: 'text/javascript', css: 'text/css' } as const;
const files: Record<string, keyof typeof types> = {
  'index.html': 'html',
  'page.js': 'js',
  'dom.js': 'js',
  'words.js': 'js',
  'view.js': 'js',
  'gates.js': 'js',
  'page.css': 'css',
  'theme.css': 'css',
};

/** The page for people; it holds no data, so everybody may load it. */
export function pageRoutes(): Route[] {
  return Object.entries(files).map(([file, kind]) => {
    const type = types[kind];
    const body = readFileSync(new URL(`../page/${file}`, import.meta.url), 'utf8');
    return route(
      {
        method: 'get',
        path: file === 'index.html' ? '/' : `/${file}`,
        permission: 'public',
        summary: `The page: ${file}`,
        responses: { 200: { description: file, type } },
      },
      async () => ({ status: 200, body, headers: { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'no-cache' } }),
    );
  });
}
