import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A file of the repository that is made from others, whole. */
export interface Made {
  file: string;
  text: string;
}

const rooms = ['scenarios', 'recovery', 'lifecycle'] as const;

/** The two lists of workflow code below a folder: what a worker loads, and what runbooks say of themselves. */
export function codeLists(root: string): Made[] {
  const folder = join(root, 'src/workflows');
  const files = rooms
    .flatMap((room) => readdirSync(join(folder, room)).map((file) => `./${room}/${file}`))
    .filter((file) => file.endsWith('.ts'));
  const isAbout = (file: string) => file.endsWith('.about.ts');
  const nameOf = (file: string) =>
    camel(
      file
        .split('/')
        .at(-1)!
        .replace(/(\.about)?\.ts$/, ''),
    );
  const list = (head: string, chosen: string[], line: (file: string) => string) => `${[head, ...chosen.map(line)].join('\n')}\n`;
  return [
    {
      file: 'src/workflows/index.ts',
      text: list(
        '// The table of contents: one line a workflow. Made by `npm run lists`.',
        files.filter((file) => !isAbout(file)),
        (file) => `export { ${nameOf(file)} } from '${file}';`,
      ),
    },
    {
      file: 'src/workflows/abouts.ts',
      text: list(
        '// What each runbook says of itself. Made by `npm run lists`.',
        files.filter(isAbout),
        (file) => `export { about as ${nameOf(file)} } from '${file}';`,
      ),
    },
  ];
}

/** `disk-full` → `diskFull`. */
export const camel = (kebab: string): string => kebab.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
