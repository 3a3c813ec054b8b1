import type { Place, Severity } from './finding.ts';
import type { ProseCommand, ProseKind } from './prose-rule.ts';
import { proseRules } from './prose-rules.ts';

export interface ProseFinding extends Place {
  rule: string;
  severity: Severity;
  heading: string;
  command: string;
  why: string;
  instead: string;
}

/** Looks for known traps in a runbook in Markdown: in its code blocks, and in its steps. */
export function lintProse(file: string, text: string): ProseFinding[] {
  const all = readCommands(file, text);
  const found = proseRules.flatMap(({ id, severity, why, instead, reads = ['command'], find }) =>
    find(all.filter(({ kind }) => reads.includes(kind))).map(({ text: command, heading, line, column }) => ({
      ...{ file, line, column, rule: id, severity, heading, command, why, instead },
    })),
  );
  return found.sort((a, b) => a.line - b.line || a.rule.localeCompare(b.rule));
}

const bullet = /^\s*(?:\d+[.)]|[-*+])\s+(?:\[[ x]\]\s+)?/;
/** What is advised against is no step. */
const advisedAgainst = /\b(never|not|don't|avoid|instead of|rather than|without)\b/i;

/** What a line outside code tells people to do: the step in words, and the commands in it. */
function readStep(raw: string): { kind: ProseKind; text: string }[] {
  const start = bullet.exec(raw)?.[0];
  if (start === undefined || advisedAgainst.test(raw)) return [];
  const said = raw
    .slice(start.length)
    .replace(/\*\*|__/g, '')
    .trim();
  // A name alone, such as `promote-read-replica`, is talked about and not typed.
  const spans = [...said.matchAll(/`([^`]+)`/g)].flatMap(([, command]) => (/\s|^\.\//.test(command!) ? command! : []));
  const words = said.replace(/`[^`]+`/g, '').trim();
  return [...spans.map((text) => ({ kind: 'command' as const, text })), ...(words === '' ? [] : [{ kind: 'step' as const, text: words }])];
}

/** The commands in a file's code blocks with the comments between them, and the steps of its lists. */
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
    const at = { file, line: index + 1, column: raw.search(/\S/) + 1, heading, scenario, block };
    if (!inside) commands.push(...readStep(raw).map((step) => ({ ...at, ...step })));
    if (!inside || line === '') return;
    if (/^(#|--\s)/.test(line)) {
      commands.push({ ...at, kind: 'comment', text: line });
      return;
    }
    const ends = !line.endsWith('\\');
    const said = ends ? line : line.slice(0, -1).trim();
    if (continued) continued.text += ` ${said}`;
    else commands.push((continued = { ...at, kind: 'command', text: said }));
    if (ends) continued = undefined;
  });
  return commands;
}
