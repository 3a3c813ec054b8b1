import type ts from 'typescript';
import type { Code, Declaration } from './code.ts';

/** What parameters stand for at one place: the expression that was given, and what the names in it stood for there. */
export type Bindings = ReadonlyMap<Declaration, Given>;
export interface Given {
  node: ts.Expression;
  bindings: Bindings;
}
export type Callable = ts.FunctionDeclaration | ts.ArrowFunction | ts.FunctionExpression | ts.MethodDeclaration;

/** Follows names and fields of objects to the expression that they stand for, as far as that can be seen. */
export function resolve(code: Code, given: Given): Given {
  const { ts } = code;
  const { node, bindings } = given;
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) {
    return resolve(code, { node: node.expression, bindings });
  }
  if (ts.isIdentifier(node)) {
    const declaration = code.declarationOf(node);
    const known = declaration && bindings.get(declaration);
    if (known) return resolve(code, known);
    const isConst = declaration && ts.isVariableDeclaration(declaration) && ts.isIdentifier(declaration.name);
    return isConst && declaration.initializer ? resolve(code, { node: declaration.initializer, bindings }) : given;
  }
  if (!ts.isPropertyAccessExpression(node)) return given;
  const field = fieldOf(code, resolve(code, { node: node.expression, bindings }), node.name.text);
  return field ? resolve(code, field) : given;
}

/** Everything that an expression can stand for: both sides of a choice, and what a function of one expression answers. */
export function alternatives(code: Code, given: Given): Given[] {
  const { ts } = code;
  const { node, bindings } = resolve(code, given);
  if (ts.isConditionalExpression(node)) {
    return [node.whenTrue, node.whenFalse].flatMap((each) => alternatives(code, { node: each, bindings }));
  }
  if (ts.isPropertyAccessExpression(node)) {
    const objects = alternatives(code, { node: node.expression, bindings });
    const fields = objects.flatMap((object) => fieldOf(code, object, node.name.text) ?? []);
    return fields.length > 0 ? fields.flatMap((field) => alternatives(code, field)) : [{ node, bindings }];
  }
  const called = ts.isCallExpression(node) ? resolve(code, { node: node.expression, bindings }) : undefined;
  if (called && ts.isArrowFunction(called.node) && ts.isCallExpression(node) && !ts.isBlock(called.node.body)) {
    return alternatives(code, { node: called.node.body, bindings: bind(code, called.node, node.arguments, called.bindings) });
  }
  return [{ node, bindings }];
}

/** The expression of an object's field, when the object is written out. */
export function fieldOf({ ts }: Code, { node, bindings }: Given, name: string): Given | undefined {
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  for (const property of node.properties) {
    if (property.name?.getText() !== name) continue;
    if (ts.isPropertyAssignment(property)) return { node: property.initializer, bindings };
    if (ts.isShorthandPropertyAssignment(property)) return { node: property.name, bindings };
  }
  return undefined;
}

/** What a function's parameters stand for when it is called with these arguments. */
export function bind(code: Code, callable: Callable, args: readonly ts.Expression[], bindings: Bindings): Bindings {
  const { ts } = code;
  const all = new Map(bindings);
  callable.parameters.forEach((parameter, index) => {
    const node = args[index];
    if (!node) return;
    if (ts.isIdentifier(parameter.name)) return void all.set(parameter, { node, bindings });
    if (!ts.isObjectBindingPattern(parameter.name)) return;
    const object = resolve(code, { node, bindings });
    for (const element of parameter.name.elements) {
      const field = fieldOf(code, object, (element.propertyName ?? element.name).getText());
      if (field) all.set(element, field);
    }
  });
  return all;
}

/** What a value is called where it comes from: `from` for `plan.from` and for a parameter that was given it. */
export function nameOf(code: Code, given: Given): string {
  const { ts } = code;
  const { node } = resolve(code, given);
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (!ts.isIdentifier(node)) return given.node.getText();
  const declaration = code.declarationOf(node);
  return declaration && ts.isBindingElement(declaration) ? (declaration.propertyName ?? declaration.name).getText() : node.text;
}
