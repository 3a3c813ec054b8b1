import type { Place, Severity } from './finding.ts';
import type { ProseCommand } from './prose-rule.ts';
import { proseRules } from './prose-rules.ts';

export interface ProseFinding extends Place {
  rule: string;
  severity: Severity;
  heading: string;
  command: string;
  why: string;
  instead: string;
}

/** Looks for known traps in the code blocks of a runbook in Markdown. */
export function lintProse(file: string, text: string): ProseFinding[] {
  const commands = readCommands(file, text);
  const found = proseRules.flatMap(({ id, severity, why, instead, find }) =>
    find(commands).map(({ text: command, heading, line, column }) => ({
      ...{ file, line, column, rule: id, severity, heading, command, why, instead },
    })),
  );
  return found.sort((a, b) => a.line - b.line || a.rule.localeCompare(b.rule));
}

/** The commands in a file's code blocks, without comments. */
export function readCommands(file: string, text: string): ProseCommand[] {
  const commands: ProseCommand[] = [];
  let [heading, scenario, block, inside] = ['', '', 0, false];
  let continued: ProseCommand | undefined;
  text.split(/\r?\n/).forEach((raw, index) => {
    if (/^\s*(```|~~~)/.test(raw)) {
      inside = !inside;
      if (inside) block += 1;
      continued = undefined;
      return;
    }
    const title = inside ? null : /^(#{1,6})\s+(.*?)\s*$/.exec(raw);
    if (title) {
      heading = title[2]!;
      if (title[1]!.length <= 3) scenario = heading;
    }
    const line = raw.trim();
    if (!inside || line === '' || /^(#|--\s)/.test(line)) return;
    const ends = !line.endsWith('\\');
    const said = ends ? line : line.slice(0, -1).trim();
    if (continued) continued.text += ` ${said}`;
    else commands.push((continued = { file, line: index + 1, column: raw.search(/\S/) + 1, text: said, heading, scenario, block }));
    if (ends) continued = undefined;
  });
  return commands;
}
