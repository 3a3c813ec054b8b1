import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloneFolder } from '../config/tools.ts';
import { startTethered } from '../tethered.ts';
import { codeLists, type Made } from './code-lists.ts';

// `npm run lists`: the lists of the code come first, because the others are read from what is compiled of them.
const write = (made: readonly Made[]) => {
  for (const { file, text } of made) writeFileSync(join(cloneFolder, file), text);
};
write(codeLists(cloneFolder));
const compiler = startTethered(process.execPath, [join(cloneFolder, 'src/build/compile.js')], { onLine: (line) => console.error(line) });
if ((await compiler.ended) !== 0) throw new Error('the sources do not compile');
const { bookLists } = await import('./book-lists.ts');
write(await bookLists(cloneFolder));
