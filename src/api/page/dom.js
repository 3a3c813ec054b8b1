import { duration, modeWords, safeText } from './words.js';

const classes = { good: 'good', bad: 'bad', asks: 'warn', works: 'busy', quiet: 'quiet' };

/** Makes an element; texts only ever become text. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'onclick') element.addEventListener('click', value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  const shown = children.flat().filter((child) => child !== undefined && child !== false && child !== '');
  // What others wrote may hold a megabyte, or turn the rest of its line round.
  element.append(...shown.map((child) => (typeof child === 'string' ? safeText(child, 20_000) : child)));
  return element;
}

/** Replaces a section when it changed; focus, open parts and written words stay. */
export function put(section, node, shown) {
  const markup = node.outerHTML;
  if (shown[section.id] === markup) return;
  shown[section.id] = markup;
  const focused = document.activeElement?.id;
  const kept = [...section.querySelectorAll('textarea, details')].map((old) => [old.id, old.value, old.open]);
  section.replaceChildren(node);
  for (const [id, value, open] of kept) {
    const fresh = document.getElementById(id);
    if (fresh) Object.assign(fresh, value === undefined ? { open } : { value });
  }
  if (focused) document.getElementById(focused)?.focus();
}

/** A state with its sign; one that this page does not know yet is shown as it is called. */
export const chip = (marks, state) => {
  const { icon, word, tone } = marks[state] ?? { icon: '·', word: state, tone: 'quiet' };
  return h('span', { class: `chip ${classes[tone]}` }, h('span', { 'aria-hidden': 'true' }, icon), ` ${word}`);
};
export const time = (at) => h('time', { datetime: at, title: at }, new Date(at).toLocaleTimeString());
/** How old something is; `tick` writes it, so that it grows without drawing anything anew. */
export const age = (at) => h('span', { class: 'age', 'data-at': at });
/** Writes every age as it is now. */
export function tick() {
  for (const one of document.querySelectorAll('.age')) {
    const ms = Math.max(0, Math.floor((Date.now() - Date.parse(one.dataset.at)) / 1_000) * 1_000);
    one.textContent = `${duration(ms)} old`;
    one.classList.toggle('stale', ms >= 60_000);
  }
}
export const took = (from, to) => duration(Date.parse(to) - Date.parse(from));
export const dryRun = (mode) => mode !== 'live' && h('span', { class: 'dry' }, modeWords[mode] ?? mode);
export const fold = (id, title, ...children) => h('details', { id }, h('summary', {}, title), ...children);
