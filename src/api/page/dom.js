const looks = {
  completed: ['✓', 'good'],
  approved: ['✓', 'good'],
  good: ['✓', 'good'],
  sent: ['✓', 'good'],
  resolved: ['✓', 'good'],
  compensated: ['↶', 'good'],
  completedWithExceptions: ['!', 'warn'],
  pendingApproval: ['?', 'warn'],
  open: ['?', 'warn'],
  proposed: ['?', 'warn'],
  unknown: ['?', 'warn'],
  pausedByOperator: ['‖', 'warn'],
  pausedByFailedStep: ['✕', 'bad'],
  failed: ['✕', 'bad'],
  bad: ['✕', 'bad'],
  timedOut: ['✕', 'bad'],
  declined: ['✕', 'bad'],
  notSent: ['✕', 'bad'],
  handedOver: ['→', 'good'],
  blockedByLease: ['✕', 'bad'],
  compensationFailed: ['✕', 'bad'],
  declared: ['✕', 'bad'],
  acknowledged: ['▸', 'busy'],
  mitigated: ['▸', 'busy'],
  verifying: ['▸', 'busy'],
  stabilizing: ['▸', 'busy'],
  running: ['▸', 'busy'],
  inProgress: ['▸', 'busy'],
  compensating: ['↶', 'busy'],
};

/** Makes an element; texts only ever become text. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'onclick') element.addEventListener('click', value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== false && child !== ''));
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

const words = (name) => name.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
export const chip = (state) => {
  const [icon, tone] = looks[state] ?? ['·', 'quiet'];
  return h('span', { class: `chip ${tone}` }, h('span', { 'aria-hidden': 'true' }, icon), ` ${words(state)}`);
};
export const time = (at) => h('time', { datetime: at, title: at }, new Date(at).toLocaleTimeString());
export const took = (from, to) => {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1_000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
};
const unreal = { simulate: 'DRY-RUN', tape: 'TAPE' };
export const dryRun = (mode) => unreal[mode] && h('span', { class: 'dry' }, unreal[mode]);
export const fold = (id, title, ...children) => h('details', { id }, h('summary', {}, title), ...children);
