import { Html, html } from './html-text.ts';
import { style } from './style.ts';

export interface Page {
  title: string;
  /** Said in the bar at the top, after the product's name. */
  bar: readonly string[];
  body: Html;
  /** Hash of the last entry, of a sealed report. */
  head?: string;
}

/** A whole page in the look of the reports, without script or anything from outside. */
export function page({ title, bar, body, head }: Page): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        ${head && html`<meta name="muster-head" content="${head}" />`}
        <title>${title}</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <div class="bar"><b>Muster</b> ${bar.map((words) => html`<span>${words}</span> `)}</div>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
        ${
          head &&
          html`<footer>
            Every entry is chained by its hash. Head of the chain:<br /><code>${head}</code><br />Check it with <code>muster verify</code>
            on the folder of this report; that needs no network.
          </footer>`
        }
      </body>
    </html> `.markup;
}
