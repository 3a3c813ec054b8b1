/** The report's whole style: light and dark, wide and narrow, screen and paper; nothing is told by colour alone. */
export const style = `
:root { color-scheme: light dark; --ground: #fff; --raised: #f6f7f9; --ink: #16191d; --soft: #59636e; --line: #d9dee4; --edge: #3b444d; --good: #116b36; --bad: #b3261e; --unsure: #7a5200;
  --notice: #cfd5dc; --notice-ink: #7b8794; --people: #f2a93b; --people-ink: #7a4a00; --tools: #3a78c9; --retries: #b8cdea; --retries-ink: #1d4f91; --muster: #e9dcf7; --muster-ink: #6b3fa0;
  --band: rgba(179, 38, 30, .09); --band-head: #b3261e; --band-words: #fff; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --raised: #1d2126; --ink: #e8ebee; --soft: #a3adb8; --line: #343b43; --edge: #c3ccd5; --good: #5fd08c; --bad: #ff8f85; --unsure: #f0c36a;
  --notice: #4a535d; --notice-ink: #9aa5b1; --people: #c98516; --people-ink: #ffe2b0; --tools: #5b97e5; --retries: #27466f; --retries-ink: #9fc3f3; --muster: #4a3566; --muster-ink: #d3b8f2;
  --band: rgba(255, 120, 110, .12); --band-head: #ff8f85; --band-words: #14171a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main, .bar, footer { max-width: 1120px; margin: 0 auto; padding: 0 20px; }
.bar { display: flex; flex-wrap: wrap; gap: 4px 16px; padding-top: 14px; color: var(--soft); font-size: 14px; }
.bar b { color: var(--ink); }
h1 { font-size: 30px; line-height: 1.2; margin: 12px 0 6px; }
h2 { font-size: 21px; margin: 44px 0 8px; padding-top: 12px; border-top: 1px solid var(--line); }
h3 { font-size: 17px; margin: 26px 0 6px; }
p { margin: 6px 0; }
.lead { font-size: 18px; max-width: 62em; }
.cards { display: grid; grid-template-columns: 1.5fr 1fr 1fr 1fr; gap: 12px; margin: 18px 0; }
.card { background: var(--raised); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; }
.card .label { color: var(--soft); font-size: 14px; }
.card .value { font-size: 26px; font-weight: 650; line-height: 1.25; }
.card.big .value { font-size: 40px; }
.card .note { font-size: 14px; color: var(--soft); }
.good { color: var(--good); } .bad { color: var(--bad); } .unsure { color: var(--unsure); }
.verdict { font-weight: 650; }
.split { display: block; width: 100%; height: 26px; margin: 6px 0; }
ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 0; margin: 8px 0; font-size: 14px; }
ul.legend svg { width: 26px; height: 12px; margin-right: 7px; vertical-align: -1px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; margin: 8px 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
nav { font-size: 14px; margin: 14px 0 0; display: flex; flex-wrap: wrap; gap: 4px 16px; }
a { color: var(--tools); }
.table { overflow-x: auto; margin: 8px 0; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
td { overflow-wrap: break-word; }
.calls th:nth-child(1) { width: 10.5em; } .calls th:nth-child(2) { width: 4.5em; } .calls th:nth-child(4) { width: 27%; } .calls th:nth-child(5) { width: 5em; } .calls th:nth-child(6) { width: 4.5em; }
.changes th:nth-child(1) { width: 19%; } .changes th:nth-child(2) { width: 25%; } .changes th:nth-child(3) { width: 8.5em; }
td:has(> .time), td:has(> .number) { white-space: nowrap; }
.number { font-variant-numeric: tabular-nums; } .time { font-variant-numeric: tabular-nums; color: var(--soft); }
code, code.soft { font: 12.5px/1.45 ui-monospace, "Cascadia Mono", Menlo, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
details { border: 1px solid var(--line); border-radius: 8px; margin: 8px 0; padding: 0 14px; }
details > summary { cursor: pointer; padding: 8px 0; }
details[open] > summary { border-bottom: 1px solid var(--line); margin-bottom: 8px; }
summary .soft, .soft { color: var(--soft); font-size: 14px; }
ol.orders { columns: 3 300px; font-size: 13px; padding-left: 3.2em; margin: 8px 0; }
footer { margin-top: 48px; padding-bottom: 40px; color: var(--soft); font-size: 14px; }
svg.waterfall { display: block; width: 100%; height: auto; font-family: inherit; }
svg.above { display: none; }
svg text { fill: var(--ink); font-size: 12px; }
svg.above text { paint-order: stroke; stroke: var(--ground); stroke-width: 3px; } svg.above .band-text { stroke: none; }
svg .tick, svg .took { fill: var(--soft); font-variant-numeric: tabular-nums; }
.grid { stroke: var(--line); } .track { stroke: var(--line); stroke-dasharray: 1 3; } .start { stroke: var(--soft); stroke-dasharray: 5 3; }
.fills { position: absolute; }
.stretch { stroke: var(--edge); stroke-width: .5; }
.fill-notice { fill: var(--notice); } .fill-people { fill: var(--people); } .fill-tools { fill: var(--tools); } .fill-retries { fill: var(--retries); } .fill-muster { fill: var(--muster); }
.ink-notice { stroke: var(--notice-ink); } .ink-people { fill: var(--people-ink); } .ink-retries { stroke: var(--retries-ink); stroke-width: 1.6; } .ink-muster { stroke: var(--muster-ink); }
.band { fill: var(--band); } .band-edge { stroke: var(--band-head); fill: none; stroke-width: 1.5; } .band-head { fill: var(--band-head); }
svg .band-text { fill: var(--band-words); font-size: 13px; font-weight: 650; } svg .band-beside { fill: var(--bad); font-size: 13px; font-weight: 650; }
.flag { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 6 3; fill: none; } svg .flag-text { fill: var(--bad); font-weight: 600; }
.pin { stroke: var(--ink); fill: none; } .pill { fill: var(--ground); stroke: var(--good); stroke-width: 1.5; } .pill.decline { stroke: var(--bad); }
@media screen and (max-width: 760px) {
  .cards { grid-template-columns: 1fr 1fr; } .card.big, .card:last-child { grid-column: 1 / -1; } h1 { font-size: 24px; } main, .bar, footer { padding: 0 14px; }
  svg.beside { display: none; } svg.above { display: block; }
  dl { grid-template-columns: 1fr; } dd { margin-bottom: 6px; } .table table { min-width: 34em; } ol.orders { columns: 1; padding-left: 2.6em; }
}
@media print {
  :root { --ground: #fff; --raised: #fff; --ink: #000; --soft: #444; --line: #bbb; } body { font-size: 10pt; } .lead { font-size: 12pt; } .card .value { font-size: 13pt; } .card.big .value { font-size: 18pt; } table { font-size: 9pt; } nav { display: none; }
  @page { margin: 14mm; } h2 { margin-top: 18pt; } h2#decisions, h2#steps, h2#timeline, h2#plan { break-before: page; } thead { display: table-header-group; }
  .cards { grid-template-columns: 1.5fr 1fr 1fr 1fr; } .card, tr, svg, li, details:not([open]) { break-inside: avoid; } h2, h3, summary { break-after: avoid; } p, li { orphans: 3; widows: 3; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
