import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { cloneFolder } from '../config/tools.ts';
import { pageWords, wordsPage } from './say-words.ts';

// `npm run words`: what is made of src/words, and held to it by a test.
for (const [file, text] of [
  ['docs/words.md', wordsPage()],
  ['src/api/page/words.js', pageWords()],
] as const) {
  const path = join(cloneFolder, file);
  await writeFile(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}
