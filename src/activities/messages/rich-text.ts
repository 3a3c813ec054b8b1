import { z } from 'zod';

interface RichText {
  type: 'doc';
  version: 1;
  content: object[];
}

/** Plain text in Atlassian's document format: an empty line parts paragraphs, other lines stay lines. */
export function richText(text: string): RichText {
  const paragraphs = text.split(/\n{2,}/).filter((paragraph) => paragraph.trim() !== '');
  return { type: 'doc', version: 1, content: (paragraphs.length ? paragraphs : ['-']).map(paragraphOf) };
}

function paragraphOf(text: string): object {
  const lines = text.split('\n').map((line) => (line === '' ? [] : [{ type: 'text', text: line }]));
  return { type: 'paragraph', content: lines.flatMap((line, index) => (index === 0 ? line : [{ type: 'hardBreak' }, ...line])) };
}

const nodeSchema = z.looseObject({ type: z.string(), text: z.string().optional(), content: z.array(z.unknown()).optional() });

/** The words of such a document. */
export function plainText(document: unknown): string {
  const node = nodeSchema.safeParse(document).data;
  if (!node) return '';
  if (node.type === 'hardBreak') return '\n';
  return node.text ?? (node.content ?? []).map(plainText).join(node.type === 'doc' ? '\n\n' : '');
}
