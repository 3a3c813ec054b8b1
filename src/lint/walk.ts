import type ts from 'typescript';
import { alternatives, bind, type Bindings, type Callable } from './bindings.ts';
import type { Code } from './code.ts';
import { createNames } from './names.ts';
import { words, type Act, type Branch, type Call, type Word } from './page.ts';

/** Where the reader is: in which act, under which conditions, and what parameters stand for there. */
export interface Walk {
  act: Act | undefined;
  undoing: boolean;
  bindings: Bindings;
  branches: readonly Branch[];
  trail: readonly ts.Node[];
  /** What is being read already, so that nothing is read within itself. */
  open: ReadonlySet<ts.Node>;
}

export interface Listener {
  onAct(act: Omit<Act, 'index'>): Act;
  callOf(node: ts.CallExpression, tool: string, activity: string, at: Walk): Call;
}

/** Reads code in the order in which it is written, and goes into functions where they are called or handed on. */
export function createWalk(code: Code, listener: Listener) {
  const { ts } = code;
  const { kitWord, toolOf, isOurs, isName, isCallable, isTable, holdsFunctions } = createNames(code);

  const visit = (node: ts.Node, at: Walk): void => {
    if (ts.isTypeNode(node) || ts.isFunctionDeclaration(node)) return;
    if (ts.isCallExpression(node)) return visitCall(node, at);
    if (ts.isIdentifier(node)) return visitName(node, at);
    if (ts.isPropertyAccessExpression(node)) return visitField(node, at);
    if (ts.isElementAccessExpression(node)) return visitElement(node, at);
    if (ts.isVariableDeclaration(node)) {
      // What a name stands for is read where the name is used.
      if (node.initializer && !isCallable(node.initializer)) visit(node.initializer, at);
      return;
    }
    if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) return visitChoice(node, at);
    if (ts.isBinaryExpression(node) && /^(&&|\|\||\?\?)$/.test(node.operatorToken.getText())) {
      visit(node.left, at);
      return visit(node.right, under(at, node, 'right', node.left.getText()));
    }
    if (ts.isSwitchStatement(node)) {
      visit(node.expression, at);
      return node.caseBlock.clauses.forEach((clause, index) =>
        clause.statements.forEach((each) => visit(each, under(at, node, String(index), node.expression.getText()))),
      );
    }
    if (ts.isBlock(node)) return visitBlock(node, at);
    if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node) || ts.isMethodDeclaration(node)) {
      return visitProperty(node, at);
    }
    ts.forEachChild(node, (child) => visit(child, at));
  };

  /** After an `if` that leaves, the rest stands under its opposite. */
  const visitBlock = (block: ts.Block, at: Walk): void => {
    let here = at;
    for (const statement of block.statements) {
      visit(statement, here);
      if (ts.isIfStatement(statement) && !statement.elseStatement && leaves(statement.thenStatement)) {
        here = under(here, statement, 'no', statement.expression.getText());
      }
    }
  };

  const leaves = (node: ts.Statement): boolean => {
    const last = ts.isBlock(node) ? node.statements.at(-1) : node;
    return last !== undefined && (ts.isReturnStatement(last) || ts.isThrowStatement(last) || ts.isBreakOrContinueStatement(last));
  };

  const visitChoice = (node: ts.IfStatement | ts.ConditionalExpression, at: Walk): void => {
    const [condition, yes, no] = ts.isIfStatement(node)
      ? [node.expression, node.thenStatement, node.elseStatement]
      : [node.condition, node.whenTrue, node.whenFalse];
    visit(condition, at);
    visit(yes, under(at, node, 'yes', condition.getText()));
    if (no) visit(no, under(at, node, 'no', condition.getText()));
  };

  const visitProperty = (node: ts.PropertyAssignment | ts.ShorthandPropertyAssignment | ts.MethodDeclaration, at: Walk): void => {
    const name = node.name.getText();
    const value = ts.isPropertyAssignment(node) ? node.initializer : ts.isMethodDeclaration(node) ? node.body : node.name;
    if (!value) return;
    if (at.act && name === 'undo' && value.getText() !== 'undefined') at.act.undo ??= { calls: [] };
    if (at.act && name === 'pointOfNoReturn') at.act.pointOfNoReturn = value.getText() !== 'false';
    visit(value, name === 'undo' ? { ...at, undoing: true } : at);
  };

  const visitName = (name: ts.Identifier, at: Walk): void => {
    const declaration = code.declarationOf(name);
    if (!declaration || !isOurs(declaration)) return;
    const given = at.bindings.get(declaration);
    if (given) return void (isName(given.node) || isCallable(given.node) ? enter(given.node, { ...at, bindings: given.bindings }) : 0);
    if (ts.isFunctionDeclaration(declaration)) return enter(declaration, at);
    if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return;
    // A table that is only named is not used yet.
    const isUsed = isTable(declaration) && !ts.isObjectLiteralExpression(declaration.initializer);
    if (isCallable(declaration.initializer) || isUsed) enter(declaration.initializer, at);
  };

  /** `workload.scale`: that field of whatever the workload can be; where that cannot be seen, all of it. */
  const visitField = (node: ts.PropertyAccessExpression, at: Walk): void => {
    const found = callablesOf(node, at);
    if (found.length === 0) return visit(node.expression, at);
    found.forEach(({ node: callable, bindings }, index) => enter(callable, { ...oneOf(found, at, node, index), bindings }));
  };

  /** `ways[plan.way]`: any field of the table. */
  const visitElement = (node: ts.ElementAccessExpression, at: Walk): void => {
    visit(node.argumentExpression, at);
    const tables = alternatives(code, { node: node.expression, bindings: at.bindings }).filter(({ node: table }) =>
      ts.isObjectLiteralExpression(table),
    );
    if (tables.length === 0) visit(node.expression, at);
    for (const { node: table, bindings } of tables) if (isOurs(table)) enter(table, { ...at, bindings });
  };

  const visitCall = (node: ts.CallExpression, at: Walk): void => {
    const { expression, arguments: args } = node;
    const word = kitWord(expression);
    if (word !== undefined) return visitWord(node, word, at);
    const tool = ts.isPropertyAccessExpression(expression) ? toolOf(expression.expression) : undefined;
    if (tool !== undefined && ts.isPropertyAccessExpression(expression)) {
      const act = at.act ?? listener.onAct({ ...newAct('bare', '', at), trail: [...at.trail, node] });
      const calls = at.undoing ? (act.undo ??= { calls: [] }).calls : act.calls;
      calls.push(listener.callOf(node, tool, expression.name.text, at));
      return args.forEach((arg) => visit(arg, at));
    }
    if (ts.isIdentifier(expression) && expression.text === 'runbook') return args.slice(2).forEach((arg) => visit(arg, at));
    const callees = ts.isIdentifier(expression) || ts.isPropertyAccessExpression(expression) ? callablesOf(expression, at) : [];
    if (callees.length === 0) {
      visit(expression, at);
      return args.forEach((arg) => visit(arg, at));
    }
    // A function that is handed on is read where it is called.
    for (const arg of args) if (!isCallable(arg) && !holdsFunctions(arg)) visit(arg, at);
    callees.forEach((callee, index) => {
      // What the call gives is seen from here, what the function is made of from where that stands.
      const bindings = new Map([...callee.bindings, ...bind(code, callee.node, args, at.bindings)]);
      enter(callee.node, { ...oneOf(callees, at, node, index), bindings, trail: [...at.trail, node] });
    });
  };

  const visitWord = (node: ts.CallExpression, word: string, at: Walk): void => {
    const [sentence, ...rest] = node.arguments;
    if (word === 'parallel') {
      return node.arguments.forEach((arg, index) => visit(arg, under(at, node, String(index), 'side by side', 'parallel')));
    }
    if (!(words as readonly string[]).includes(word)) return;
    const said = sentence && ts.isStringLiteralLike(sentence) ? sentence.text : (sentence?.getText().replace(/^`|`$/g, '') ?? '');
    const act = listener.onAct({ ...newAct(word as Word, said, at), trail: [...at.trail, node] });
    for (const arg of rest) visitOptions(arg, { ...at, act });
  };

  /** Options may be written down before, also as a choice. */
  const visitOptions = (arg: ts.Expression, at: Walk): void => {
    const made = ts.isIdentifier(arg) ? alternatives(code, { node: arg, bindings: at.bindings }) : [];
    const written = made.filter(({ node }) => ts.isObjectLiteralExpression(node));
    if (written.length === 0) return visit(arg, at);
    for (const { node, bindings } of written) ts.forEachChild(node, (child) => visit(child, { ...at, bindings }));
  };

  const enter = (node: ts.Node, at: Walk): void => {
    if (at.open.has(node)) return;
    const inside = { ...at, open: new Set(at.open).add(node) };
    if (isCallable(node)) return void (node.body && visit(node.body, inside));
    if (!ts.isObjectLiteralExpression(node)) return visit(node, inside);
    // One field of a table is used at a time.
    for (const property of node.properties) visit(property, under(inside, node, property.name?.getText() ?? '', 'a choice from a table'));
  };

  const callablesOf = (node: ts.Expression, at: Walk): { node: Callable; bindings: Bindings }[] =>
    alternatives(code, { node, bindings: at.bindings }).flatMap(({ node: found, bindings }) => {
      const declaration = ts.isIdentifier(found) ? code.declarationOf(found) : found;
      return declaration && isCallable(declaration) && isOurs(declaration) ? [{ node: declaration, bindings }] : [];
    });

  const oneOf = (all: readonly unknown[], at: Walk, node: ts.Node, index: number): Walk =>
    all.length === 1 ? at : under(at, node, String(index), 'one of several');

  const start: Walk = { act: undefined, undoing: false, bindings: new Map(), branches: [], trail: [], open: new Set() };
  return { start: (declaration: ts.FunctionDeclaration) => enter(declaration, start) };
}

const newAct = (word: Word, sentence: string, { branches, trail }: Walk): Omit<Act, 'index'> => ({
  ...{ word, sentence, calls: [], undo: undefined, pointOfNoReturn: false, branches, trail },
});

const under = (at: Walk, node: ts.Node, arm: string, condition: string, kind: Branch['kind'] = 'if'): Walk => ({
  ...at,
  branches: [...at.branches, { kind, node, arm, condition }],
});
