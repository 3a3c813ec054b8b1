import type ts from 'typescript';
import type { Code } from './code.ts';
import { callOfRunbook } from './read-page.ts';
import type { RawFinding, Rule } from './finding.ts';

/** `// lint-allow rule, rule: reason` beside or above what it accepts; `lint-allow-page` above a page accepts it for all of the page. */
export interface Allow {
  rules: string[];
  reason: string;
  /** What it stands above: all of that is accepted, with the procedures that are called there. */
  node: ts.Node;
  /** It stands above a whole page: then it speaks of the page only, unless it says that it speaks of its acts too. */
  above: 'act' | 'page' | 'page with its acts';
}

export const allowWithoutReason: Rule = {
  id: 'allow-without-reason',
  severity: 'error',
  why: 'Who reads the page at three in the morning must know why an unsafe step was accepted.',
  source: 'a rule of Muster',
};
export const allowUnused: Rule = {
  id: 'allow-unused',
  severity: 'warning',
  why: 'A reason that accepts nothing hides the next finding of its kind.',
  source: 'a rule of Muster',
};

const comment = /\/\/ lint-allow(-page)?(?![\w-])(?: +([a-z-]+(?:, *[a-z-]+)*))?(?: *: *(\S.*?))?\s*$/gm;

/** Reads the accepted findings that a file writes down. */
export function readAllows(code: Code, source: ts.SourceFile): Allow[] {
  const { text } = source;
  return [...text.matchAll(comment)].map((match) => {
    const lineStart = text.lastIndexOf('\n', match.index) + 1;
    const before = text.slice(lineStart, match.index);
    const beside = before.trim() !== '';
    const position = beside ? lineStart + before.search(/\S/) : afterComments(text, match.index + match[0].length);
    const node = outermostAt(code, source, position);
    const whole = callOfRunbook(code, node) !== undefined;
    const above = !whole ? 'act' : match[1] ? 'page with its acts' : 'page';
    return { rules: match[2]?.split(/, */) ?? [], reason: match[3] ?? '', node, above };
  });
}

/** True when the reason stands at the place of the finding, or where the page calls what leads to it. */
export function accepts({ rules, reason, node, above }: Allow, found: RawFinding): boolean {
  if (!rules.includes(found.rule.id) || reason === '' || (above === 'page' && !found.wholePage)) return false;
  const source = node.getSourceFile();
  return found.trail.some((each) => each.getSourceFile() === source && each.getStart() >= node.getStart() && each.end <= node.end);
}

function afterComments(text: string, from: number): number {
  const rest = /^(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*/.exec(text.slice(from));
  return from + (rest?.[0].length ?? 0);
}

function outermostAt({ ts }: Code, source: ts.SourceFile, position: number): ts.Node {
  const find = (node: ts.Node): ts.Node | undefined => {
    if (node !== source && node.getStart(source) === position) return node;
    return ts.forEachChild(node, (child) => (child.pos <= position && position < child.end ? find(child) : undefined));
  };
  return find(source) ?? source;
}
