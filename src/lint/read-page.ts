import type ts from 'typescript';
import type { Kind } from '../activities/kit/index.ts';
import type { Code } from './code.ts';
import { nameOf, resolve } from './bindings.ts';
import type { Act, Call, Page } from './page.ts';
import { createWalk, type Walk } from './walk.ts';

/** Reads every runbook of a file: an exported function that calls `runbook`, or `scenario`, which does. Throws when the file is not there. */
export function readPages(code: Code, path: string, kinds: ReadonlyMap<string, Kind>): Page[] {
  const { ts } = code;
  const source = code.file(path);
  if (!source) throw new Error(`${path} is not there`);
  return source.statements.filter(ts.isFunctionDeclaration).flatMap((declaration) => {
    const call = callOfRunbook(code, declaration);
    return call && declaration.name ? [readPage(code, declaration.name.text, declaration, call, kinds)] : [];
  });
}

/** The call of `runbook` or `scenario` in a piece of code. */
export function callOfRunbook({ ts }: Code, node: ts.Node): ts.CallExpression | undefined {
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && /^(runbook|scenario)$/.test(node.expression.text)) return node;
  return ts.forEachChild(node, (child) => callOfRunbook({ ts } as Code, child));
}

function readPage(
  code: Code,
  name: string,
  declaration: ts.FunctionDeclaration,
  call: ts.CallExpression,
  kinds: ReadonlyMap<string, Kind>,
): Page {
  const acts: Act[] = [];
  const walk = createWalk(code, {
    onAct: (act) => {
      const added = { ...act, index: acts.length };
      acts.push(added);
      return added;
    },
    callOf: (node, tool, activity, at) => callOf(code, kinds, node, { tool, activity }, at),
  });
  walk.start(declaration);
  return { name, node: call, leases: leasesOf(code, call), acts };
}

function callOf(
  code: Code,
  kinds: ReadonlyMap<string, Kind>,
  node: ts.CallExpression,
  called: { tool: string; activity: string },
  { bindings }: Walk,
): Call {
  const { ts } = code;
  const args: Record<string, string> = {};
  const given = node.arguments[0] && resolve(code, { node: node.arguments[0], bindings });
  if (given && ts.isObjectLiteralExpression(given.node)) {
    for (const property of given.node.properties) {
      if (ts.isPropertyAssignment(property))
        args[property.name.getText()] = nameOf(code, { node: property.initializer, bindings: given.bindings });
      if (ts.isShorthandPropertyAssignment(property))
        args[property.name.text] = nameOf(code, { node: property.name, bindings: given.bindings });
    }
  }
  return { ...called, kind: kinds.get(called.activity), args, node };
}

function leasesOf({ ts }: Code, call: ts.CallExpression): Page['leases'] {
  const options = call.arguments[1];
  const property =
    options && ts.isObjectLiteralExpression(options) ? options.properties.find(({ name }) => name?.getText() === 'leases') : undefined;
  const none = property && ts.isPropertyAssignment(property) && /^\[\s*\]$/.test(property.initializer.getText());
  return { node: property ?? call, some: !none };
}
