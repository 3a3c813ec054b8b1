import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloneFolder } from '../config/tools.ts';

// `npm run picture`: the rooms and the arrows between them, drawn into docs/architecture.md; with --check it only says whether they are still so.
const page = join(cloneFolder, 'docs/architecture.md');
const [begin, end] = ['<!-- rooms: npm run picture -->', '<!-- /rooms -->'];
const cruiser = ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', 'src', '--config', '.dependency-cruiser.cjs'];
const drawn = execFileSync(process.execPath, [...cruiser, '--collapse', '^src/(activities/[^/]+|[^/]+)', '--output-type', 'json'], {
  cwd: cloneFolder,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});

interface Cruised {
  modules: { source: string; dependencies: { resolved: string }[] }[];
}
/** A room of tools is drawn for itself, its list of all tools is not. */
const roomOf = (path: string) => path.replace(/^src\//, '').replace(/^activities\/index\.ts$/, 'activities');
const arrows = (JSON.parse(drawn) as Cruised).modules.flatMap(({ source, dependencies }) =>
  dependencies.map(({ resolved }) => [roomOf(source), roomOf(resolved)] as const).filter(([from, to]) => from !== to),
);
const rooms = [...new Set(arrows.map(([from]) => from))].sort();
const lines = rooms.map(
  (room) => `  ${room} --> ${[...new Set(arrows.flatMap(([from, to]) => (from === room ? [to] : [])))].sort().join(' & ')}`,
);
const picture = [begin, '', '```mermaid', 'flowchart TD', ...lines, '```', '', end].join('\n');

const text = readFileSync(page, 'utf8');
const [before, after] = [text.indexOf(begin), text.indexOf(end)];
if (before < 0 || after < before) throw new Error(`docs/architecture.md has no place for the picture: ${begin} … ${end}`);
const wanted = text.slice(0, before) + picture + text.slice(after + end.length);
if (!process.argv.includes('--check')) writeFileSync(page, wanted);
else if (wanted !== text) throw new Error('the picture in docs/architecture.md is old: npm run picture');
