import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { cloneFolder } from '../../config/tools.ts';
import type { Accepted, Finding, Severity } from '../../lint/finding.ts';
import type { ProseFinding } from '../../lint/prose.ts';
import { CliError, exitCodes } from '../exit.ts';
import { example, globals, print, table } from '../output.ts';
import { painter, wantsColor } from '../view/words.ts';

interface LintOptions {
  text?: boolean;
  strict?: boolean;
  rules?: boolean;
}

/** `muster lint`: looks for known traps in runbooks, without running them. */
export function registerLint(program: Command): void {
  program
    .command('lint [files...]')
    .description('look for known traps in runbooks: ours, a TypeScript page, or one that is written for people')
    .option('--text', 'the files are runbooks in Markdown, with commands in code blocks')
    .option('--strict', 'warnings fail too')
    .option('--rules', 'list the rules instead')
    .addHelpText(
      'after',
      example(
        'muster lint                                             all of our own runbooks',
        'muster lint src/workflows/recovery/fail-over-region.ts  one of them',
        'muster lint --text old-runbook.md                       commands that people would type',
        'muster lint --rules                                     what is looked for, and why',
      ) + '\n\nA page accepts a finding by a comment above the act: // lint-allow RULE: the reason',
    )
    .action(async (files: string[], options: LintOptions, command: Command) => {
      const { output } = globals(command);
      if (options.rules) return listRules(output, options.text === true);
      const severities = options.text ? await lintTexts(files, output) : await lintPages(files, output);
      if (severities.some((severity) => severity === 'error' || options.strict)) process.exitCode = exitCodes.failed;
    });
}

async function lintPages(files: readonly string[], output: 'table' | 'json'): Promise<Severity[]> {
  const { compiler, folderSources, ownKinds, ownPages, pathIn } = await import('../../lint/own.ts');
  const { lint } = await import('../../lint/lint.ts');
  const typescript = await compiler();
  if (!typescript) throw new CliError('muster lint needs the package typescript, which only a clone of Muster installs', exitCodes.failed);
  const sources = folderSources(cloneFolder);
  const asked = files.length > 0 ? files.map((file) => pathIn(cloneFolder, resolve(file))) : ownPages(sources);
  for (const [index, file] of asked.entries()) {
    if (sources.read(file) === undefined) throw new CliError(`${files[index] ?? file} cannot be read`, exitCodes.usage);
    if (!file.endsWith('.ts'))
      throw new CliError(`${files[index] ?? file} is no TypeScript page; --text reads runbooks for people`, exitCodes.usage);
  }
  const result = lint(typescript, {
    files: asked,
    sources,
    allTools: files.length === 0,
    kinds: await ownKinds(resolve(cloneFolder, 'environments/range.yaml')),
  });
  if (result.pages.length === 0) throw new CliError(`no runbook in ${asked.join(', ')}: none of it calls runbook(…)`, exitCodes.usage);
  const mark = marks();
  print({ output }, result, () =>
    [
      ...result.findings.map((found) => sayFinding(found, mark(found.severity))),
      ...(result.accepted.length > 0 ? [`Accepted with a reason:\n${result.accepted.map(sayAccepted).join('\n')}\n`] : []),
      `${countOf(result.findings)} in ${result.pages.length} runbooks; ${result.accepted.length} accepted with a reason.`,
    ].join('\n'),
  );
  return result.findings.map(({ severity }) => severity);
}

async function lintTexts(files: readonly string[], output: 'table' | 'json'): Promise<Severity[]> {
  if (files.length === 0) throw new CliError('--text needs at least one file', exitCodes.usage);
  const { lintProse } = await import('../../lint/prose.ts');
  const findings = files.flatMap((file) => lintProse(file, readText(file)));
  const mark = marks();
  print({ output }, findings, () =>
    [...findings.map((found) => sayProse(found, mark(found.severity))), `${countOf(findings)} in ${files.length} files.`].join('\n'),
  );
  return findings.map(({ severity }) => severity);
}

async function listRules(output: 'table' | 'json', text: boolean): Promise<void> {
  const rules = text
    ? (await import('../../lint/prose-rules.ts')).proseRules.map(({ id, severity, why, instead }) => ({
        id,
        severity,
        why,
        source: instead,
      }))
    : (await import('../../lint/rules.ts')).rules.map(({ id, severity, why, source }) => ({ id, severity, why, source }));
  print({ output }, rules, () =>
    table(
      ['RULE', 'SEVERITY', 'WHY', text ? 'INSTEAD' : 'SEEN IN'],
      rules.map(({ id, severity, why, source }) => [id, severity, why, source]),
    ),
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CliError(`${file} cannot be read: ${(cause as Error).message}`, exitCodes.usage);
  }
}

const marks = () => {
  const paint = painter(wantsColor(process.stdout));
  return (severity: Severity) => (severity === 'error' ? paint('red', '✖') : paint('yellow', '!'));
};

const sayFinding = ({ rule, file, line, column, what, todo, pages }: Finding, mark: string): string =>
  `${mark} ${file}:${line}:${column}  ${rule}${pages.length > 0 ? `  (${pages.join(', ')})` : ''}\n    ${what}\n    → ${todo}\n`;

const sayAccepted = ({ rule, file, line, column, reason }: Accepted): string => `  ${file}:${line}:${column}  ${rule}: ${reason}`;

const sayProse = ({ rule, file, line, column, heading, command, why, instead }: ProseFinding, mark: string): string =>
  `${mark} ${file}:${line}:${column}  ${rule}${heading ? `  (${heading})` : ''}\n    ${command.slice(0, 120)}\n    ${why}\n    → ${instead}\n`;

function countOf(findings: readonly { severity: Severity }[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return `${errors} errors, ${findings.length - errors} warnings`;
}
