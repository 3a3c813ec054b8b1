import type { ProseCommand } from './prose-rule.ts';

/** Commands that match, and that do not say what would make them safe. */
export const matching =
  (trap: RegExp, unless?: RegExp) =>
  (commands: readonly ProseCommand[]): ProseCommand[] =>
    commands.filter(({ text }) => trap.test(text) && !unless?.test(text));

/** Commands with another one before or after them in the same scenario. */
export const beside = (trap: RegExp, other: RegExp, where: 'before' | 'after', wanted: boolean) => (commands: readonly ProseCommand[]) =>
  commands.filter((command, index) => {
    const rest = where === 'before' ? commands.slice(0, index) : commands.slice(index + 1);
    return trap.test(command.text) && rest.some(({ text, scenario }) => scenario === command.scenario && other.test(text)) === wanted;
  });
