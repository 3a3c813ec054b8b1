// Makes dist/ from src/, test/ and bench/, file by file: ./muster does it when something is newer than dist/compiled.
// The console is built with it. This is plain JavaScript, because nothing is compiled yet when it runs.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildConsole, consoleRooms } from './console.js';

const clone = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(clone, 'dist');
const rooms = ['src', 'test', 'bench'];
const ledgerFile = join(dist, 'sources.json');

/** Paths in the clone or its dist of all files with this ending; none when the room is not there, as in the image. */
function filesIn(root, ending, only) {
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (path.endsWith(ending)) found.push(path);
    }
  };
  for (const room of only ? [only] : readdirSync(root).filter((name) => rooms.includes(name))) walk(room);
  return found;
}

/** Changes whenever a file has been written. */
function stateOf(file) {
  const { mtimeMs, size } = statSync(file);
  return `${mtimeMs} ${size}`;
}

/** What was compiled the last time, by this compiler and these packages; nothing when that was never finished. */
function readLedger(compiler) {
  try {
    const ledger = JSON.parse(readFileSync(ledgerFile, 'utf8'));
    if (ledger.compiler === compiler) return ledger;
  } catch {
    // Never finished.
  }
  return { sources: {} };
}

/** Imports keep their place and end in .js; `import.meta.url` goes on to be the source's, beside which its assets are. */
const mirror = {
  name: 'mirror',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ kind, path }) => {
      if (kind === 'entry-point') return undefined;
      return { path: path.replace(/^(\.\.?\/.*)\.ts$/, '$1.js'), external: true };
    });
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const source = relative(dirname(join(dist, relative(clone, path))), path);
      const place = `new URL(${JSON.stringify(encodeURI(source))}, import.meta.url).href`;
      return { loader: 'ts', contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', place) };
    });
  },
};

async function compileFiles(files) {
  const { outputFiles } = await build({
    ...{ absWorkingDir: clone, entryPoints: files, outdir: dist, outbase: '.', write: false },
    ...{ bundle: true, treeShaking: false, format: 'esm', platform: 'node', target: 'node20' },
    ...{ sourcemap: 'inline', sourcesContent: false, logLevel: 'warning', plugins: [mirror] },
  });
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    // Another process may read it at this moment: it sees the old one or the new one.
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, contents);
    renameSync(fresh, path);
  }
}

// A clock of files may lag a little behind ours.
const began = new Date(Date.now() - 50);
mkdirSync(dist, { recursive: true });
const compiler = [fileURLToPath(import.meta.url), ...['package-lock.json', 'tsconfig.json'].map((file) => join(clone, file))]
  .map(stateOf)
  .join();
const known = readLedger(compiler);
const consoleState = consoleRooms
  .flatMap((room) => filesIn(clone, '', room))
  .map((file) => `${file} ${stateOf(join(clone, file))}`)
  .join();
const sources = Object.fromEntries(filesIn(clone, '.ts').map((file) => [file, stateOf(join(clone, file))]));
rmSync(ledgerFile, { force: true });
for (const file of filesIn(dist, '.js')) if (!(file.replace(/\.js$/, '.ts') in sources)) rmSync(join(dist, file));
await compileFiles(Object.keys(sources).filter((file) => sources[file] !== known.sources[file]));
if (consoleState !== known.console || !existsSync(join(dist, 'console/index.html'))) await buildConsole(clone);
writeFileSync(ledgerFile, JSON.stringify({ compiler, sources, console: consoleState }));
writeFileSync(join(dist, 'compiled'), '');
utimesSync(join(dist, 'compiled'), began, began);
