const longest = 300;

// What a statement may hold beside its own words: comments, texts in four spellings, quoted names, parameters and numbers.
const tokens = new RegExp(
  [
    String.raw`--[^\n]*`,
    // A comment within a comment: where the outer one ends is not worth a parser.
    String.raw`/\*(?:(?!\*/)[\s\S])*?/\*[\s\S]*`,
    String.raw`/\*[\s\S]*?(?:\*/|$)`,
    String.raw`\$(?<tag>[A-Za-z_]\w*)?\$[\s\S]*?(?:\$\k<tag>\$|$)`,
    String.raw`\b[eE]'(?:\\[\s\S]|''|[^'\\])*(?:'|$)`,
    String.raw`(?:\b(?:[bBxXnN]|[uU]&))?'(?:''|[^'])*(?:'|$)`,
    String.raw`(?<name>(?:\b[uU]&)?"(?:""|[^"])*"?)`,
    String.raw`\$\d+`,
    String.raw`(?<![\w$"])[+-]?(?:0[xob][\da-f_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)`,
  ].join('|'),
  'gi',
);

/**
 * A statement without its values: what a person may see of a query that may hold a customer's name. Texts, numbers, parameters and comments
 * are gone; lists of values are one; at most 300 characters. What cannot be told from a text is cut off rather than shown.
 */
export function queryShape(statement: string): string {
  const bare = endBeforeDoubt(statement).replace(tokens, (token, ...rest) => {
    const { name } = rest.at(-1) as { name?: string };
    if (name !== undefined) return name;
    return token.startsWith('--') || token.startsWith('/*') ? ' ' : '?';
  });
  const calm = bare
    .replace(/\s+/g, ' ')
    .replace(/\(\s*\?(?:\s*,\s*\?)+\s*\)/g, '(?)')
    .replace(/\(\?\)(?:\s*,\s*\(\?\))+/g, '(?)')
    .trim();
  return calm.length <= longest ? calm : `${calm.slice(0, longest - 1)}…`;
}

/** A backslash before a quote ends a text or does not, as the session's own setting says, which nobody else can see. */
function endBeforeDoubt(statement: string): string {
  const doubtful = /(?<![eE])'[^']*\\'/.exec(statement);
  return doubtful ? `${statement.slice(0, doubtful.index)}?…` : statement;
}
