import type ts from 'typescript';
import type { Code, Sources } from './code.ts';

/** A change as it is defined: which services it asks, and how it proves itself. */
export interface ChangeDefinition {
  name: string;
  node: ts.Node;
  /** AWS services of the calls that it predicts, with where they are asked, e.g. `route53 global`. */
  asks: { service: string; place: string }[];
  proof: 'reads back' | 'reads nothing' | 'missing';
}

export interface RestoreCommand {
  command: string;
  node: ts.Node;
  /** Settings that it sends, as far as they are written out. */
  settings: ReadonlySet<string>;
}

export interface CommandArray {
  node: ts.Node;
  words: string[];
}

/** What the lint knows of the tools: read from their source, never run. */
export interface ActivityCode {
  changes: ReadonlyMap<string, ChangeDefinition>;
  restores: readonly RestoreCommand[];
  commands: readonly CommandArray[];
}

/** Reads the changes, the restores and the command lines in the files of a folder. */
export function readActivities(code: Code, sources: Sources, folder: string): ActivityCode {
  const { ts } = code;
  const changes = new Map<string, ChangeDefinition>();
  const restores: RestoreCommand[] = [];
  const commands: CommandArray[] = [];

  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'change') {
      const name = nameOfDefinition(code, node);
      if (name !== undefined) changes.set(name, definition(code, name, node));
    }
    const made = ts.isNewExpression(node) && ts.isIdentifier(node.expression) ? node.expression.text : '';
    if (ts.isNewExpression(node) && /^RestoreDB\w+Command$/.test(made)) {
      restores.push({ command: made.replace(/Command$/, ''), node, settings: namesIn(code, node) });
    }
    if (ts.isArrayLiteralExpression(node)) {
      const words = node.elements.flatMap((element) => (ts.isStringLiteralLike(element) ? [element.text] : []));
      if (words.length > 0) commands.push({ node, words });
    }
    ts.forEachChild(node, visit);
  };
  for (const path of sources.list(folder)) {
    const source = code.file(path);
    if (source) visit(source);
  }
  return { changes, restores, commands };
}

/** `promoteDatabase: change({…})` or `const promoteDatabase = change({…})`. */
function nameOfDefinition({ ts }: Code, node: ts.Node): string | undefined {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) return parent.name.getText();
  return ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name) ? parent.name.text : undefined;
}

function definition(code: Code, name: string, node: ts.CallExpression): ChangeDefinition {
  const { ts } = code;
  const asks: ChangeDefinition['asks'] = [];
  const collect = (child: ts.Node): void => {
    if (ts.isCallExpression(child) && ts.isPropertyAccessExpression(child.expression) && child.expression.name.text === 'predicted') {
      const [service, place] = child.arguments;
      if (service && ts.isStringLiteral(service)) asks.push({ service: service.text, place: place?.getText().replace(/['"]/g, '') ?? '' });
    }
    ts.forEachChild(child, collect);
  };
  collect(node);
  return { name, node, asks, proof: proofOf(code, node.arguments[0]) };
}

function proofOf({ ts }: Code, parts: ts.Expression | undefined): ChangeDefinition['proof'] {
  // Parts that are made elsewhere are checked by the compiler: the type of a change asks for a proof.
  if (!parts || !ts.isObjectLiteralExpression(parts) || parts.properties.some(ts.isSpreadAssignment)) return 'reads back';
  const prove = parts.properties.find(({ name }) => name?.getText() === 'prove');
  if (!prove) return 'missing';
  const body = ts.isPropertyAssignment(prove) ? prove.initializer : prove;
  const isWrittenOut = ts.isArrowFunction(body) || ts.isFunctionExpression(body) || ts.isMethodDeclaration(body);
  const calls = (node: ts.Node): boolean =>
    ts.isCallExpression(node) || (ts.forEachChild(node, (child) => calls(child) || undefined) ?? false);
  return isWrittenOut && body.body && !calls(body.body) ? 'reads nothing' : 'reads back';
}

/** Names of all fields that are written in an expression and in what it is made of. */
function namesIn(code: Code, root: ts.Node): Set<string> {
  const { ts } = code;
  const names = new Set<string>();
  const seen = new Set<ts.Node>();
  const visit = (node: ts.Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) names.add(node.name.getText());
    if (ts.isIdentifier(node)) {
      const declaration = code.declarationOf(node);
      if (declaration && (ts.isFunctionDeclaration(declaration) || ts.isVariableDeclaration(declaration))) visit(declaration);
    }
    ts.forEachChild(node, visit);
  };
  visit(root);
  return names;
}
