import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloneFolder } from '../config/tools.ts';
import { codeLists, type Made } from './code-lists.ts';

// `npm run lists`: the lists of the code come first, because the others are read from it.
const write = (made: readonly Made[]) => {
  for (const { file, text } of made) writeFileSync(join(cloneFolder, file), text);
};
write(codeLists(cloneFolder));
const { bookLists } = await import('./book-lists.ts');
write(await bookLists(cloneFolder));
