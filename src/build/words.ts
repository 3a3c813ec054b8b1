import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { cloneFolder } from '../config/tools.ts';
import { wordsPage } from './say-words.ts';

// `npm run words`: what is made of src/words, and held to it by a test.
const path = join(cloneFolder, 'docs/words.md');
await writeFile(path, await format(wordsPage(), { ...(await resolveConfig(path)), filepath: path }));
