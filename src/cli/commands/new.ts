import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { cloneFolder } from '../../config/tools.ts';
import { startTethered } from '../../tethered.ts';
import { CliError, exitCodes } from '../exit.ts';
import { example } from '../example.ts';

type Made = { file: string; text: string }[];

/** `muster new`: writes the files of a new scenario or tool, with one test that fails until they are filled in. */
export function registerNew(program: Command): void {
  const command = program
    .command('new')
    .description('write the files of a new scenario or tool, with a test that says what to fill in')
    .addHelpText('after', example('muster new scenario queue-backlog', 'muster new tool feature-flags'));
  command
    .command('scenario <name>')
    .description('a runbook that is named by what is seen: its page, its declaration, its test')
    .addHelpText('after', example('muster new scenario queue-backlog'))
    .action(async (name: string) => {
      const { newScenario } = await import('../../build/new-files.ts');
      writeNew(name, newScenario(name));
      await makeLists();
      say(newScenario(name), 'what the declaration says, then the page and its test; then run: npm run lists');
    });
  command
    .command('tool <name>')
    .description('something that runbooks look at and change: its room with one look and one change, its test')
    .addHelpText('after', example('muster new tool feature-flags'))
    .action(async (name: string) => {
      const { joinTool, newTool } = await import('../../build/new-files.ts');
      writeNew(name, newTool(name));
      write(joinTool(name, (file) => readFileSync(join(cloneFolder, file), 'utf8')));
      say(newTool(name), 'the look and the change, then its test; docs/adding-a-tool.md says what each part owes');
    });
}

/** Writes files that are not there yet, all or none. Throws for a name that is taken, or is no name. */
function writeNew(name: string, files: Made): void {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) throw new CliError(`${name} is no name: use small letters and dashes`, exitCodes.usage);
  if (!existsSync(join(cloneFolder, 'src/workflows/scenarios'))) throw new CliError('muster new needs a clone of Muster', exitCodes.failed);
  const taken = files.find(({ file }) => existsSync(join(cloneFolder, file)));
  if (taken) throw new CliError(`${taken.file} is there already`, exitCodes.refused);
  write(files);
}

function write(files: Made): void {
  for (const { file, text } of files) {
    mkdirSync(dirname(join(cloneFolder, file)), { recursive: true });
    writeFileSync(join(cloneFolder, file), text);
  }
}

/** In processes of their own, which read the declarations as they are now. */
async function makeLists(): Promise<void> {
  for (const program of ['src/build/compile.js', 'dist/src/build/write-lists.js']) {
    const said: string[] = [];
    const made = startTethered(process.execPath, [program], { cwd: cloneFolder, onLine: (line) => void said.push(line) });
    if ((await made.ended) !== 0) throw new CliError(`the lists could not be made:\n${said.join('\n')}`, exitCodes.failed);
  }
}

function say(files: Made, next: string): void {
  const test = files.find(({ file }) => file.endsWith('.test.ts'))!.file;
  process.stdout.write(`${files.map(({ file }) => `  ✔ ${file}\n`).join('')}Fill in ${next}.\nIts test: ./muster test ${test}\n`);
}
