import { posix } from 'node:path';
import type ts from 'typescript';
import type { Place } from './finding.ts';

export type Ts = typeof ts;

/** Where texts come from: the clone, or a test's own. Paths are relative, with slashes. */
export interface Sources {
  read(path: string): string | undefined;
  /** TypeScript files below a folder. */
  list(folder: string): string[];
}

/** What a name stands for. */
export type Declaration =
  ts.FunctionDeclaration | ts.VariableDeclaration | ts.BindingElement | ts.ParameterDeclaration | ts.ImportSpecifier;

/** TypeScript files, read once, and what the names in them stand for. Types are not looked at. */
export interface Code {
  readonly ts: Ts;
  file(path: string): ts.SourceFile | undefined;
  placeOf(node: ts.Node): Place;
  declarationOf(name: ts.Identifier): Declaration | undefined;
}

/** Opens source texts with the TypeScript compiler. */
export function openCode(compiler: Ts, sources: Sources): Code {
  const files = new Map<string, ts.SourceFile | undefined>();
  const file = (path: string) => {
    if (!files.has(path)) {
      const text = sources.read(path);
      files.set(path, text === undefined ? undefined : compiler.createSourceFile(path, text, compiler.ScriptTarget.Latest, true));
    }
    return files.get(path);
  };

  const inScope = (scope: ts.Node, name: string): Declaration | undefined => {
    if (compiler.isFunctionLike(scope)) return first(scope.parameters, (parameter) => bound(parameter, name));
    if (compiler.isSourceFile(scope) || compiler.isBlock(scope)) return first(scope.statements, (statement) => declared(statement, name));
    if (compiler.isCaseBlock(scope))
      return first(scope.clauses, (clause) => first(clause.statements, (statement) => declared(statement, name)));
    const loop = compiler.isForOfStatement(scope) || compiler.isForStatement(scope) ? scope.initializer : undefined;
    return loop && compiler.isVariableDeclarationList(loop)
      ? first(loop.declarations, (declaration) => bound(declaration, name))
      : undefined;
  };

  const declared = (statement: ts.Statement, name: string): Declaration | undefined => {
    if (compiler.isFunctionDeclaration(statement)) return statement.name?.text === name ? statement : undefined;
    if (compiler.isVariableStatement(statement)) return first(statement.declarationList.declarations, (each) => bound(each, name));
    const names = compiler.isImportDeclaration(statement) ? statement.importClause?.namedBindings : undefined;
    if (!names || !compiler.isNamedImports(names)) return undefined;
    return names.elements.find((element) => element.name.text === name);
  };

  const bound = (node: ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement, name: string): Declaration | undefined => {
    if (compiler.isIdentifier(node.name)) return node.name.text === name ? node : undefined;
    return first(node.name.elements, (element) => (compiler.isBindingElement(element) ? bound(element, name) : undefined));
  };

  const exported = (path: string, name: string): Declaration | undefined =>
    first(file(path)?.statements ?? [], (statement) => {
      if (!compiler.isExportDeclaration(statement)) return compiler.isImportDeclaration(statement) ? undefined : declared(statement, name);
      const from = statement.moduleSpecifier && targetOf(path, statement.moduleSpecifier);
      if (from === undefined) return undefined;
      if (!statement.exportClause) return exported(from, name);
      const clause = compiler.isNamedExports(statement.exportClause) ? statement.exportClause.elements : [];
      const element = clause.find((each) => each.name.text === name);
      return element && exported(from, (element.propertyName ?? element.name).text);
    });

  const targetOf = (from: string, specifier: ts.Expression): string | undefined =>
    compiler.isStringLiteral(specifier) && specifier.text.startsWith('.')
      ? posix.join(posix.dirname(from), specifier.text.replace(/\.js$/, '.ts'))
      : undefined;

  const known = new WeakMap<ts.Identifier, Declaration | undefined>();
  const search = (name: ts.Identifier): Declaration | undefined => {
    for (let scope: ts.Node | undefined = name.parent; scope; scope = scope.parent) {
      const found = inScope(scope, name.text);
      if (!found) continue;
      if (!compiler.isImportSpecifier(found)) return found;
      const target = targetOf(found.getSourceFile().fileName, found.parent.parent.parent.moduleSpecifier);
      return (target === undefined ? undefined : exported(target, (found.propertyName ?? found.name).text)) ?? found;
    }
    return undefined;
  };

  return {
    ts: compiler,
    file,
    placeOf: (node) => {
      const source = node.getSourceFile();
      const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
      return { file: source.fileName, line: line + 1, column: character + 1 };
    },
    declarationOf: (name) => {
      if (!known.has(name)) known.set(name, search(name));
      return known.get(name);
    },
  };
}

function first<T, R>(items: Iterable<T>, find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
