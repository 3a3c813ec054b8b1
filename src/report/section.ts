import { html, table as htmlTable, type Html } from './html-text.ts';
import { table, text } from './markdown-text.ts';

/** A cell: plain, or with what is thought of it; its sign is in the words, so that nothing is told by colour alone. */
export type Cell = string | number | null | undefined | { said: string; as: 'good' | 'bad' | 'unsure' };

/** A part of a report that Markdown and HTML show alike. */
export interface Section {
  id: string;
  title: string;
  /** Sentences before the table. */
  sentences?: string[];
  columns?: string[];
  rows?: Cell[][];
  /** Said instead of an empty table. */
  none?: string;
}

/** A section as GitHub-flavoured Markdown. */
export function sectionMarkdown({ title, sentences = [], columns = [], rows = [], none }: Section): string {
  const words = sentences.map((sentence) => `${text(sentence)}\n\n`).join('');
  const shown =
    rows.length > 0
      ? table(
          columns,
          rows.map((cells) => cells.map(plain)),
        )
      : none === undefined
        ? ''
        : `${none}\n`;
  return `## ${text(title)}\n\n${words}${shown}`;
}

/** A section as a part of a page. */
export function sectionHtml({ id, title, sentences = [], columns = [], rows = [], none }: Section): Html {
  return html`<h2 id="${id}">${title}</h2>
    ${sentences.map((sentence) => html`<p>${sentence}</p> `)}
    ${
      rows.length > 0
        ? htmlTable(
            columns,
            rows.map((cells) => cells.map(marked)),
          )
        : none !== undefined && html`<p>${none}</p>`
    } `;
}

const isMarked = (cell: Cell): cell is Exclude<Cell, string | number | null | undefined> => typeof cell === 'object' && cell !== null;
const plain = (cell: Cell) => (isMarked(cell) ? cell.said : cell);
const marked = (cell: Cell) => (isMarked(cell) ? html`<span class="verdict ${cell.as}">${cell.said}</span>` : cell);
