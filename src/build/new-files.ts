import { readFileSync } from 'node:fs';
import { camel, type Made } from './code-lists.ts';

/** Files of a new scenario: its page, what it says of itself, and one test that fails until both are filled in. */
export const newScenario = (name: string): Made[] => [
  filled('scenario.page.ts', name, `src/workflows/scenarios/${name}.ts`),
  filled('scenario.about.ts', name, `src/workflows/scenarios/${name}.about.ts`),
  filled('scenario.test.ts', name, `test/scenarios/${name}.test.ts`),
];

/** Files of a new tool: its room with one look and one change, and one test that fails until both are filled in. */
export const newTool = (name: string): Made[] => [
  filled('tool.index.ts', name, `src/activities/${name}/index.ts`),
  filled('tool.setting.ts', name, `src/activities/${name}/setting.ts`),
  filled('tool.test.ts', name, `test/activities/${name}.test.ts`),
];

/** The two lists of tools with the new one: what a worker offers, and what runbooks may call. */
export function joinTool(name: string, read: (file: string) => string): Made[] {
  const [tool, type] = [camel(name), pascal(name)];
  const [activities, tools] = ['src/activities/index.ts', 'src/workflows/tools.ts'];
  const proxy = `export const ${tool} = proxyActivities<${type}Tools>(moments);\n`;
  return [
    {
      file: activities,
      text: read(activities)
        .replace(/^import \{ join \}/m, `import { ${tool}Room } from './${name}/index.ts';\n$&`)
        .replace(/^ {2}\);$/m, `    ${tool}Room(environment),\n$&`),
    },
    {
      file: tools,
      text: `${read(tools).replace(/\n\n/, `\nimport type { ${type}Tools } from '../activities/${name}/index.ts';\n\n`)}${proxy}`,
    },
  ];
}

function filled(template: string, name: string, file: string): Made {
  const text = readFileSync(new URL(`./templates/${template}.txt`, import.meta.url), 'utf8');
  const words: Record<string, string> = { name, camel: camel(name), pascal: pascal(name) };
  return { file, text: text.replace(/\{\{(\w+)\}\}/g, (_, word: string) => words[word]!) };
}

const pascal = (name: string): string => camel(`-${name}`);
