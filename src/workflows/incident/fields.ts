/** Every field that a template of an environment can name in braces. A list is given as ready text. */
export const templateFields = [
  ...(['number', 'title', 'severity', 'severityTitle', 'service', 'status', 'STATUS', 'impact', 'eta'] as const),
  ...(['started', 'detected', 'declared', 'resolved', 'duration', 'now', 'nextUpdate'] as const),
  ...(['commander', 'progress', 'nextSteps', 'actions', 'cause', 'resolution', 'lessons', 'users', 'data'] as const),
  ...(['runs', 'contact', 'bridge', 'channel', 'rung', 'waiting', 'summary'] as const),
  ...(['timeline', 'actionItems', 'closing', 'metrics', 'drill'] as const),
] as const;
export type TemplateField = (typeof templateFields)[number];
/** What the fields say for one message. */
export type TemplateValues = Record<TemplateField, string>;

/** A doubled brace, a field, or a brace that is neither. */
const pieces = /\{\{|\}\}|\{([^{}\n]*)\}|[{}]/g;

/** The text of a template with its fields filled in, in one pass: braces in a value stay as they are, and so does what is no field. */
export function render(template: string, values: TemplateValues): string {
  return template.replace(pieces, (piece: string, field: string | undefined) => {
    if (piece === '{{') return '{';
    if (piece === '}}') return '}';
    return field !== undefined && isField(field) ? values[field] : piece;
  });
}

/** What is wrong with a template's braces, one sentence each; nothing when it can be rendered. */
export function problemsOf(template: string): string[] {
  return [...template.matchAll(pieces)].flatMap(([piece, field]) => {
    if (piece === '{{' || piece === '}}') return [];
    if (field === undefined) return [`has a lone ${piece}; write ${piece}${piece} for a brace`];
    return isField(field) ? [] : [`names the field {${field}}, which there is not; fields are: ${templateFields.join(', ')}`];
  });
}

const isField = (name: string): name is TemplateField => (templateFields as readonly string[]).includes(name);
