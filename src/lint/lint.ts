import type { Kind } from '../activities/kit/index.ts';
import { readActivities } from './activities.ts';
import { accepts, allowUnused, allowWithoutReason, readAllows, type Allow } from './allow.ts';
import { openCode, type Code, type Sources, type Ts } from './code.ts';
import type { Accepted, Finding, RawFinding } from './finding.ts';
import { readPages } from './read-page.ts';
import { checkChanges, checkCommands } from './rules/activities.ts';
import { checkOrder } from './rules/order.ts';
import { checkWayBack } from './rules/way-back.ts';
import { checkPage } from './rules/whole-page.ts';

export interface LintRequest {
  /** Files with runbooks. */
  files: readonly string[];
  sources: Sources;
  /** Class of every activity. */
  kinds: ReadonlyMap<string, Kind>;
  /** Folder of the tools. */
  activities?: string;
  /** All tools, not only the changes that these files use. */
  allTools?: boolean;
}

export interface LintResult {
  /** Runbooks that were read. */
  pages: string[];
  findings: Finding[];
  /** What a page breaks knowingly, with its reason. */
  accepted: Accepted[];
}

/** Reads runbooks, the procedures that they call, and the tools; runs nothing. Throws when a file is not there. */
export function lint(compiler: Ts, { files, sources, kinds, activities = 'src/activities', allTools = false }: LintRequest): LintResult {
  const code = openCode(compiler, sources);
  const tools = readActivities(code, sources, activities);
  const found = files.flatMap((file) =>
    readPages(code, file, kinds).map((page) => ({ page, raw: [...checkOrder(page), ...checkWayBack(page), ...checkPage(page, tools)] })),
  );
  const called = new Set(
    found.flatMap(({ page }) => page.acts.flatMap(({ calls, undo }) => [...calls, ...(undo?.calls ?? [])].map(({ activity }) => activity))),
  );
  const ofTools = [...checkChanges(tools, (name) => allTools || called.has(name)), ...(allTools ? checkCommands(tools) : [])];
  const all = [...found.flatMap(({ page, raw }) => raw.map((each) => ({ ...each, page: page.name }))), ...ofTools];
  const allows = new Map([...sourcesOf(all), ...files].map((file) => [file, readAllows(code, code.file(file)!)]));
  const used = new Set<Allow>();
  const result: LintResult = { pages: found.map(({ page }) => page.name), findings: [], accepted: [] };
  for (const each of all) {
    const allow = [...allows.values()].flat().find((candidate) => accepts(candidate, each));
    if (allow) used.add(allow);
    add(allow ? result.accepted : result.findings, code, each, allow ? { reason: allow.reason } : {});
  }
  for (const each of aboutAllows(allows, used, files)) add(result.findings, code, each, {});
  result.findings.sort(byPlace);
  result.accepted.sort(byPlace);
  return result;
}

const sourcesOf = (all: readonly RawFinding[]) => all.flatMap(({ trail }) => trail.map((node) => node.getSourceFile().fileName));

/** A reason that is missing, or that accepts nothing; the latter is told of the pages only, as a procedure serves several. */
function aboutAllows(allows: ReadonlyMap<string, Allow[]>, used: ReadonlySet<Allow>, files: readonly string[]): RawFinding[] {
  return [...allows].flatMap(([file, list]) =>
    list.flatMap((allow): RawFinding[] => {
      const at = { trail: [allow.node], wholePage: true };
      if (allow.rules.length === 0 || allow.reason === '')
        return [
          { rule: allowWithoutReason, what: 'an accepted finding has no reason', todo: 'Write `// lint-allow rule: reason`.', ...at },
        ];
      if (used.has(allow) || !files.includes(file)) return [];
      return [{ rule: allowUnused, what: `nothing here breaks ${allow.rules.join(' or ')}`, todo: 'Take the comment away.', ...at }];
    }),
  );
}

/** The same place found through several pages is one finding that names them all. */
function add<T extends Finding>(list: T[], code: Code, found: RawFinding & { page?: string }, more: Omit<T, keyof Finding>): void {
  const place = code.placeOf(found.trail.at(-1)!);
  const { id: rule, severity } = found.rule;
  const same = list.find(
    (each) => each.rule === rule && each.file === place.file && each.line === place.line && each.column === place.column,
  );
  const pages = found.page === undefined ? [] : [found.page];
  if (same) return void same.pages.push(...pages.filter((page) => !same.pages.includes(page)));
  list.push({ rule, severity, ...place, what: found.what, todo: found.todo, pages, ...more } as unknown as T);
}

const byPlace = (a: Finding, b: Finding): number => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;
