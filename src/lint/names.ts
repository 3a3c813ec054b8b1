import type ts from 'typescript';
import type { Callable } from './bindings.ts';
import type { Code } from './code.ts';
import { words } from './page.ts';

/** What names and expressions of a page are: a word of the kit, a tool, a function of ours. */
export function createNames(code: Code) {
  const { ts } = code;

  const kitWord = (callee: ts.Expression): string | undefined => {
    if (ts.isPropertyAccessExpression(callee)) return callee.expression.getText() === 'kit' ? callee.name.text : undefined;
    const declaration = ts.isIdentifier(callee) ? code.declarationOf(callee) : undefined;
    if (!declaration || !ts.isBindingElement(declaration)) return undefined;
    const word = (declaration.propertyName ?? declaration.name).getText();
    return (words as readonly string[]).includes(word) || ['parallel', 'phase', 'keep'].includes(word) ? word : undefined;
  };

  /** A proxy of `tools.ts`, or one that the page makes itself. */
  const toolOf = (node: ts.Expression): string | undefined => {
    const declaration = ts.isIdentifier(node) ? code.declarationOf(node) : undefined;
    if (!declaration) return undefined;
    const made = ts.isVariableDeclaration(declaration) && /^proxyActivities\b/.test(declaration.initializer?.getText() ?? '');
    const imported = ts.isImportSpecifier(declaration) && /\/tools\.(ts|js)$/.test(moduleOf(declaration));
    return made || imported ? node.getText() : undefined;
  };

  const moduleOf = (declaration: ts.ImportSpecifier) => (declaration.parent.parent.parent.moduleSpecifier as ts.StringLiteral).text;
  /** The kit is known, and what is not a runbook's code is no part of the page. */
  const isOurs = (node: ts.Node) => !/(^|\/)(kit|activities)\//.test(node.getSourceFile().fileName);
  const isName = (node: ts.Node) => ts.isIdentifier(node) || ts.isPropertyAccessExpression(node);
  const isCallable = (node: ts.Node): node is Callable =>
    ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node);
  const isTable = (node: ts.VariableDeclaration) =>
    ts.isSourceFile(node.parent.parent.parent) && node.initializer !== undefined && !/^proxyActivities\b/.test(node.initializer.getText());
  const holdsFunctions = (node: ts.Expression) =>
    ts.isObjectLiteralExpression(node) && node.properties.some((each) => ts.isPropertyAssignment(each) && isCallable(each.initializer));

  return { kitWord, toolOf, isOurs, isName, isCallable, isTable, holdsFunctions };
}
